use std::time::Instant;
use vouch::{inference::ModelCatalogue, ocr::PageReader};
fn main() {
    let c = ModelCatalogue::new(ModelCatalogue::default_folder()).unwrap();
    let r = PageReader::open(&c).unwrap();
    for f in std::env::args().skip(1) {
        let img = image::open(&f).unwrap().to_rgb8();
        for _ in 0..2 {
            let t = Instant::now();
            let l = r.read_page(&img).unwrap();
            eprintln!("{f} {} lines {:?}", l.len(), t.elapsed());
        }
        for l in r.read_page(&img).unwrap() {
            let b = l.bounds();
            println!(
                "{:.0},{:.0} {:.0}x{:.0} {:.3} {}",
                b.left,
                b.top,
                b.width(),
                b.height(),
                l.confidence(),
                l.text()
            );
        }
    }
}
