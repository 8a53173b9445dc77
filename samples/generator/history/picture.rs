//! Pasts of pictures: metadata of editors and phones, thumbnails, messengers.

use std::io::Cursor;

use exif::{Field, In, Tag, Value, experimental::Writer};
use image::{DynamicImage, ImageFormat, RgbImage, imageops};
use img_parts::{
    Bytes, ImageEXIF,
    jpeg::{Jpeg, JpegSegment, markers},
    png::{Png, PngChunk},
    riff::{RiffChunk, RiffContent},
    webp::WebP,
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use tiff::{
    encoder::{TiffEncoder, colortype::RGB8},
    tags::Tag as TiffTag,
};

use super::Past;
use crate::{
    camera::encode,
    spec::{between, one_of},
};

const EDITORS: &[&str] = &[
    "Adobe Photoshop 25.1 (Windows)",
    "Adobe Photoshop CS6 (Macintosh)",
    "Adobe Photoshop Lightroom 5.7.1",
    "GIMP 2.10.34",
    "Snapseed 2.19.1.303051424",
    "paint.net 5.0.11",
    "PicsArt",
    "Meitu",
    "美图秀秀",
    "Pixelmator 3.9.8",
    "ACDSee Pro 10",
    "Canva",
    "醒图",
    "PhotoScape",
    "Adobe Photoshop Express (Android)",
];

const PHONES: &[&str] = &[
    "17.1.1",
    "16.5",
    "HDR+ 1.0.585804401zd",
    "S9180ZCU2AWC9",
    "MediaTek Camera Application",
    "ALN-AL00 4.0.0.116(C00E116R3P4)",
    "Android TKQ1.221114.001",
    "OPPO PHZ110",
    "Windows Photo Viewer 10.0",
    "Google",
    "Picasa",
    "Shotwell 0.30.14",
    "Microsoft Windows Photo Viewer 6.1.7600.16385",
    "CamScanner",
    "EPSON Scan",
    "macOS 14.2",
];

pub const FORGED: &[Past] = &[
    Past {
        name: "history:exif_software",
        needs: "jpg",
        make: |b, rng| with_exif(b, one_of(EDITORS, rng), None),
    },
    Past {
        name: "history:xmp_tool",
        needs: "jpg",
        make: |b, rng| with_xmp(b, &creator_tool(one_of(EDITORS, rng))),
    },
    Past {
        name: "history:xmp_history",
        needs: "jpg",
        make: |b, rng| with_xmp(b, &history(one_of(EDITORS, rng))),
    },
    Past { name: "history:generated", needs: "jpg", make: |b, rng| with_xmp(b, one_of(GENERATED, rng)) },
    Past {
        name: "history:app13",
        needs: "jpg",
        make: |b, _| with_segment(b, markers::APP13, photoshop(0x0406)),
    },
    Past {
        name: "history:app12",
        needs: "jpg",
        make: |b, _| with_segment(b, markers::APP12, b"Ducky\0\x01\0\x04\0\0\0\x50\0\0".to_vec()),
    },
    Past {
        name: "history:comment",
        needs: "jpg",
        make: |b, _| with_segment(b, markers::COM, b"Created with GIMP".to_vec()),
    },
    Past { name: "history:thumbnail", needs: "jpg", make: patched_beside_its_thumbnail },
    Past {
        name: "history:png_text",
        needs: "png",
        make: |b, rng| {
            with_text(
                b,
                "Software",
                one_of(
                    &["Adobe ImageReady", "GIMP 2.10.34", "paint.net 5.0.11", "Adobe Photoshop 24.0"],
                    rng,
                ),
            )
        },
    },
    Past {
        name: "history:png_xmp",
        needs: "png",
        make: |b, rng| with_itxt(b, &packet(&creator_tool(one_of(EDITORS, rng)))),
    },
    Past {
        name: "history:png_parameters",
        needs: "png",
        make: |b, _| with_text(b, "parameters", "id card photo, steps: 20, sampler: Euler a"),
    },
    Past { name: "history:webp_exif", needs: "webp", make: |b, rng| webp_exif(b, one_of(EDITORS, rng)) },
    Past {
        name: "history:webp_xmp",
        needs: "webp",
        make: |b, rng| webp_xmp(b, &packet(&creator_tool(one_of(EDITORS, rng)))),
    },
    Past { name: "history:tiff_software", needs: "tif", make: |b, rng| tiff_of(b, one_of(EDITORS, rng)) },
];

pub const PLAIN: &[Past] = &[
    Past { name: "control:exif_phone", needs: "jpg", make: |b, rng| with_exif(b, one_of(PHONES, rng), None) },
    Past { name: "control:exif_thumbnail", needs: "jpg", make: phone_thumbnail },
    Past {
        name: "control:xmp_phone",
        needs: "jpg",
        make: |b, rng| with_xmp(b, &creator_tool(one_of(PHONES, rng))),
    },
    Past {
        name: "control:iptc",
        needs: "jpg",
        make: |b, _| with_segment(b, markers::APP13, photoshop(0x0425)),
    },
    Past {
        name: "control:comment",
        needs: "jpg",
        make: |b, rng| {
            with_segment(
                b,
                markers::COM,
                one_of(
                    &[
                        "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 85",
                        "Lavc59.37.100",
                        "AppleMark",
                    ],
                    rng,
                )
                .as_bytes()
                .to_vec(),
            )
        },
    },
    Past { name: "control:messenger", needs: "jpg", make: messenger },
    Past {
        name: "control:png_screenshot",
        needs: "png",
        make: |b, rng| {
            with_text(
                b,
                "Software",
                one_of(
                    &["gnome-screenshot", "Android 14", "Greenshot", "Snipaste", "www.inkscaped.example"],
                    rng,
                ),
            )
        },
    },
    Past { name: "control:webp", needs: "webp", make: |b, rng| webp_exif(b, one_of(PHONES, rng)) },
    Past { name: "control:tiff_scanner", needs: "tif", make: |b, rng| tiff_of(b, one_of(PHONES, rng)) },
];

const GENERATED: &[&str] = &[
    r#"<rdf:Description Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>"#,
    r#"<rdf:Description TC260:AIGC='{"Label":"1","ContentProducer":"x","ProduceID":"1"}'/>"#,
];

fn creator_tool(program: &str) -> String {
    format!(r#"<rdf:Description xmp:CreatorTool="{program}"/>"#)
}

fn history(program: &str) -> String {
    format!(
        r#"<rdf:Description xmp:CreatorTool="17.1.1"><xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved" stEvt:softwareAgent="{program}"/></rdf:Seq></xmpMM:History></rdf:Description>"#
    )
}

fn packet(description: &str) -> String {
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">{description}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"#
    )
}

/// The file as another format; pictures only.
pub fn converted(bytes: &[u8], from: &str, to: &str, rng: &mut ChaCha8Rng) -> Vec<u8> {
    if from == to || to == "pdf" {
        return bytes.to_vec();
    }
    let picture = upright(bytes);
    match to {
        "png" => encode::png(&picture),
        "jpg" => encode::jpeg(&picture, rng.random_range(80..95), None),
        "webp" => written(&picture, ImageFormat::WebP),
        _ => written(&picture, ImageFormat::Tiff),
    }
}

fn written(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("formats hold RGB");
    bytes.into_inner()
}

fn orientation(bytes: &[u8]) -> u16 {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok();
    exif.and_then(|exif| exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)).unwrap_or(1) as u16
}

pub fn upright(bytes: &[u8]) -> RgbImage {
    let mut picture = image::load_from_memory(bytes).expect("the generator's own pictures decode");
    if let Some(turn) = image::metadata::Orientation::from_exif(orientation(bytes) as u8) {
        picture.apply_orientation(turn);
    }
    picture.into_rgb8()
}

fn exif_block(software: &str, orientation: u16, thumbnail: Option<&[u8]>) -> Vec<u8> {
    let ascii = |tag, text: &str| Field {
        tag,
        ifd_num: In::PRIMARY,
        value: Value::Ascii(vec![text.as_bytes().to_vec()]),
    };
    let fields = [
        ascii(Tag::Make, "HUAWEI"),
        ascii(Tag::Model, "ALN-AL00"),
        ascii(Tag::Software, software),
        Field { tag: Tag::Orientation, ifd_num: In::PRIMARY, value: Value::Short(vec![orientation]) },
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    if let Some(thumbnail) = thumbnail {
        writer.set_jpeg(thumbnail, In::THUMBNAIL);
    }
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false).expect("fields are sound");
    block.into_inner()
}

fn edited(bytes: &[u8], change: impl FnOnce(&mut Jpeg)) -> Vec<u8> {
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).expect("the generator's own JPEGs parse");
    change(&mut jpeg);
    jpeg.encoder().bytes().to_vec()
}

fn with_exif(bytes: &[u8], software: &str, thumbnail: Option<&[u8]>) -> Vec<u8> {
    let block = exif_block(software, orientation(bytes), thumbnail);
    edited(bytes, |jpeg| jpeg.set_exif(Some(block.into())))
}

fn with_segment(bytes: &[u8], marker: u8, contents: Vec<u8>) -> Vec<u8> {
    edited(bytes, |jpeg| {
        jpeg.segments_mut().insert(1, JpegSegment::new_with_contents(marker, contents.into()))
    })
}

fn with_xmp(bytes: &[u8], description: &str) -> Vec<u8> {
    let contents = [b"http://ns.adobe.com/xap/1.0/\0", packet(description).as_bytes()].concat();
    with_segment(bytes, markers::APP1, contents)
}

fn photoshop(resource: u16) -> Vec<u8> {
    let mut bytes = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x02ab8BIM".to_vec();
    bytes.extend(resource.to_be_bytes());
    bytes.extend(b"\0\0\0\0\0\x04abcd");
    bytes
}

/// A thumbnail as cameras make it: 160 pixels, another tone curve, strong compression.
fn thumbnail_of(stored: &RgbImage, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let scale = 160.0 / stored.width().max(stored.height()) as f32;
    let side = |side: u32| ((side as f32 * scale).round() as u32).max(1);
    let mut small = imageops::thumbnail(stored, side(stored.width()), side(stored.height()));
    let (gain, lift) = (between(rng, 0.88, 1.08), between(rng, -8.0, 12.0));
    for value in small.iter_mut() {
        *value = (f32::from(*value) * gain + lift).clamp(0.0, 255.0) as u8;
    }
    encode::jpeg(&small, rng.random_range(55..85), None)
}

fn stored(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).expect("the generator's own pictures decode").into_rgb8()
}

fn phone_thumbnail(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let thumbnail = thumbnail_of(&stored(bytes), rng);
    with_exif(bytes, one_of(PHONES, rng), Some(&thumbnail))
}

/// Part of the picture is painted over with another part of it; the thumbnail stays.
fn patched_beside_its_thumbnail(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut picture = stored(bytes);
    let thumbnail = thumbnail_of(&picture, rng);
    let (w, h) = picture.dimensions();
    let (pw, ph) = (w / 3, h / 10);
    // The patch that changes most of a few: a forger covers something that can be seen.
    let difference = |a: &RgbImage, b: &RgbImage| -> u64 {
        a.as_raw().iter().zip(b.as_raw()).map(|(x, y)| u64::from(x.abs_diff(*y))).sum()
    };
    let (from, at) = (0..12)
        .map(|_| {
            let place = |rng: &mut ChaCha8Rng| (rng.random_range(0..w - pw), rng.random_range(0..h - ph));
            (place(rng), place(rng))
        })
        .max_by_key(|&((fx, fy), (x, y))| {
            let cut = |x, y| imageops::crop_imm(&picture, x, y, pw, ph).to_image();
            difference(&cut(fx, fy), &cut(x, y))
        })
        .expect("there are twelve");
    let patch = imageops::crop_imm(&picture, from.0, from.1, pw, ph).to_image();
    imageops::replace(&mut picture, &patch, i64::from(at.0), i64::from(at.1));
    let saved = encode::jpeg(&picture, rng.random_range(80..95), None);
    let block = exif_block("17.1.1", orientation(bytes), Some(&thumbnail));
    edited(&saved, |jpeg| jpeg.set_exif(Some(block.into())))
}

/// Half the size, no metadata, quality 70 to 80.
fn messenger(bytes: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let picture = upright(bytes);
    let scale = (1280.0 / picture.width().min(picture.height()) as f32).min(1.0);
    let side = |side: u32| (side as f32 * scale) as u32;
    let small = DynamicImage::from(picture.clone()).resize_exact(
        side(picture.width()),
        side(picture.height()),
        imageops::FilterType::Triangle,
    );
    encode::jpeg(&small.into_rgb8(), rng.random_range(70..80), None)
}

fn with_chunk(bytes: &[u8], kind: [u8; 4], contents: Vec<u8>) -> Vec<u8> {
    let mut png = Png::from_bytes(Bytes::copy_from_slice(bytes)).expect("the generator's own PNGs parse");
    png.chunks_mut().insert(1, PngChunk::new(kind, contents.into()));
    png.encoder().bytes().to_vec()
}

fn with_text(bytes: &[u8], keyword: &str, text: &str) -> Vec<u8> {
    with_chunk(bytes, *b"tEXt", format!("{keyword}\0{text}").into_bytes())
}

fn with_itxt(bytes: &[u8], text: &str) -> Vec<u8> {
    with_chunk(bytes, *b"iTXt", format!("XML:com.adobe.xmp\0\0\0\0\0{text}").into_bytes())
}

fn webp_exif(bytes: &[u8], software: &str) -> Vec<u8> {
    let mut webp = WebP::from_bytes(Bytes::copy_from_slice(bytes)).expect("the generator's own WebPs parse");
    webp.set_exif(Some(exif_block(software, 1, None).into()));
    webp.encoder().bytes().to_vec()
}

fn webp_xmp(bytes: &[u8], packet: &str) -> Vec<u8> {
    let mut webp = WebP::from_bytes(Bytes::copy_from_slice(bytes)).expect("the generator's own WebPs parse");
    webp.chunks_mut().push(RiffChunk::new(*b"XMP ", RiffContent::Data(packet.as_bytes().to_vec().into())));
    webp.encoder().bytes().to_vec()
}

fn tiff_of(bytes: &[u8], software: &str) -> Vec<u8> {
    let picture = stored(bytes);
    let mut out = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut out).expect("memory is writable");
    let mut page =
        encoder.new_image::<RGB8>(picture.width(), picture.height()).expect("a size that TIFF holds");
    page.encoder().write_tag(TiffTag::Software, software).expect("a tag that TIFF holds");
    page.write_data(picture.as_raw()).expect("as many samples as declared");
    out.into_inner()
}
