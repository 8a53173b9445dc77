//! Digital signatures (ISO 32000-1, 12.8): whether the signed bytes are still those that were signed.
//!
//! Only the digest is checked. Whose signature it is, and whether its certificate is to be trusted, is not judged here;
//! nor are signatures whose digests are not of the SHA families (SM3 of GM/T 0031 seals).

use cms::{content_info::ContentInfo, signed_data::SignedData};
use der::{
    Decode, Encode, SliceReader,
    asn1::{ObjectIdentifier, OctetString},
};
use lopdf::{Dictionary, Document, Object};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::super::{Trace, TraceSort};

/// PKCS #9 messageDigest (RFC 5652, 11.2).
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// Encodings whose digest is that of the signed bytes (table 257 and ETSI EN 319 142-1).
const DETACHED: [&[u8]; 2] = [b"adbe.pkcs7.detached", b"ETSI.CAdES.detached"];

/// Signatures whose bytes were changed after signing.
pub fn traces(bytes: &[u8], document: &Document) -> Vec<Trace> {
    let broken = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|dictionary| dictionary.has(b"ByteRange") && dictionary.has(b"Contents"))
        .any(|signature| holds(bytes, document, signature) == Some(false));
    broken.then(|| Trace::new(TraceSort::PdfSignatureBroken)).into_iter().collect()
}

/// Is the digest that was signed that of the bytes? `None` where that cannot be judged.
fn holds(bytes: &[u8], document: &Document, signature: &Dictionary) -> Option<bool> {
    if !DETACHED.contains(&signature.get(b"SubFilter").and_then(Object::as_name).ok()?) {
        return None;
    }
    let range = document.dereference(signature.get(b"ByteRange").ok()?).ok()?.1.as_array().ok()?;
    let range: Vec<usize> =
        range.iter().map(|number| usize::try_from(number.as_i64().ok()?).ok()).collect::<Option<_>>()?;
    let Object::String(contents, _) = document.dereference(signature.get(b"Contents").ok()?).ok()?.1 else {
        return None;
    };
    let (algorithm, signed) = signed_digest(contents)?;
    let mut parts = Vec::new();
    for pair in range.as_chunks::<2>().0 {
        // Bytes that were signed and are not there any more are a change.
        let Some(part) = pair[0].checked_add(pair[1]).and_then(|end| bytes.get(pair[0]..end)) else {
            return Some(false);
        };
        parts.push(part);
    }
    Some(digest(algorithm, &parts)? == signed)
}

/// Digest algorithm and digest out of the signed attributes of the first signer.
fn signed_digest(contents: &[u8]) -> Option<(ObjectIdentifier, Vec<u8>)> {
    // The string is padded with zeros behind the structure.
    let mut reader = SliceReader::new(contents).ok()?;
    let data = ContentInfo::decode(&mut reader).ok()?.content.to_der().ok()?;
    let signed = SignedData::from_der(&data).ok()?;
    let signer = signed.signer_infos.0.iter().next()?;
    let attribute = signer.signed_attrs.as_ref()?.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST)?;
    let digest = attribute.values.iter().next()?.decode_as::<OctetString>().ok()?;
    Some((signer.digest_alg.oid, digest.into_bytes()))
}

fn digest(algorithm: ObjectIdentifier, parts: &[&[u8]]) -> Option<Vec<u8>> {
    fn of<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
        let mut digest = D::new();
        parts.iter().for_each(|part| digest.update(part));
        digest.finalize().to_vec()
    }
    match algorithm {
        SHA1 => Some(of::<Sha1>(parts)),
        SHA256 => Some(of::<Sha256>(parts)),
        SHA384 => Some(of::<Sha384>(parts)),
        SHA512 => Some(of::<Sha512>(parts)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{open, revisions::tests::PLAIN},
        *,
    };

    fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = u8::try_from(contents.len()).unwrap();
        let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [&head, contents].concat()
    }

    fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
        der(0x30, &parts.concat())
    }

    /// A CMS structure whose signed digest is that of `signed`.
    fn cms(signed: &[u8]) -> Vec<u8> {
        let oid = |oid: &str| ObjectIdentifier::new(oid).unwrap().to_der().unwrap();
        let sha256 = sequence(&[SHA256.to_der().unwrap()]);
        let digest = der(0x04, &Sha256::digest(signed));
        let attribute = sequence(&[MESSAGE_DIGEST.to_der().unwrap(), der(0x31, &digest)]);
        let issuer = sequence(&[sequence(&[]), der(0x02, &[1])]);
        let signer = sequence(&[
            der(0x02, &[1]),
            issuer,
            sha256.clone(),
            der(0xa0, &attribute),
            sequence(&[oid("1.2.840.113549.1.1.1")]),
            der(0x04, &[1; 8]),
        ]);
        let data = sequence(&[oid("1.2.840.113549.1.7.1")]);
        let signed = sequence(&[der(0x02, &[1]), der(0x31, &sha256), data, der(0x31, &signer)]);
        sequence(&[oid("1.2.840.113549.1.7.2"), der(0xa0, &signed)])
    }

    /// A signed document; the signature covers the bytes before and behind its own value.
    fn signed() -> Vec<u8> {
        const ROOM: usize = 800;
        let range = "[0 00000 00000 00000]";
        let body = format!(
            "<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange {range}/Contents<{}>>>",
            "0".repeat(ROOM)
        );
        let objects: Vec<(u32, &str)> = PLAIN.iter().copied().chain([(8, body.as_str())]).collect();
        let mut bytes = super::super::revisions::tests::pdf(&[&objects]);
        let open = memchr::memmem::find(&bytes, b"<0000").unwrap();
        let close = open + ROOM + 2;
        let filled = format!("[0 {open:05} {close:05} {:05}]", bytes.len() - close);
        let at = memchr::memmem::find(&bytes, range.as_bytes()).unwrap();
        bytes[at..at + range.len()].copy_from_slice(filled.as_bytes());
        let value = cms(&[&bytes[..open], &bytes[close..]].concat());
        let value: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        bytes[open + 1..open + 1 + value.len()].copy_from_slice(value.as_bytes());
        bytes
    }

    #[test]
    fn a_sound_signature_passes_and_a_changed_byte_breaks_it() {
        let sound = signed();
        let document = open(&sound).unwrap();
        let signature = document.get_dictionary((8, 0)).unwrap();
        assert_eq!(holds(&sound, &document, signature), Some(true));
        assert!(traces(&sound, &document).is_empty());
        let mut changed = sound.clone();
        let at = memchr::memmem::find(&changed, b"0 0 9 9 re").unwrap();
        changed[at] = b'1';
        let found = traces(&changed, &open(&changed).unwrap());
        assert_eq!(found, [Trace::new(TraceSort::PdfSignatureBroken)]);
    }

    #[test]
    fn what_cannot_be_read_is_not_called_broken() {
        let mut sound = signed();
        let at =
            memchr::memmem::find(&sound, b"<3081").or_else(|| memchr::memmem::find(&sound, b"<30")).unwrap();
        sound[at + 1] = b'f';
        assert!(traces(&sound, &open(&sound).unwrap()).is_empty());
    }
}
