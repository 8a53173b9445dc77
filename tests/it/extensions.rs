//! The recogniser's extensions (docs/adr/0005): laid behind the fetched file they are one network with an answer of its own.

use image::{Rgb, RgbImage};
use vouch::{
    domain::{Quad, Rect},
    inference::{InferenceError, Model, ModelCatalogue, OnnxModel, Tensor},
    ocr::PageReader,
};

fn catalogue() -> ModelCatalogue {
    ModelCatalogue::new(ModelCatalogue::default_folder()).unwrap()
}

fn fetched(catalogue: &ModelCatalogue) -> OnnxModel {
    let library = catalogue.path("libonnxruntime.so").unwrap();
    OnnxModel::new(&library, &catalogue.path("rec_small.onnx").unwrap())
}

/// Strokes that resemble nothing: all heads are in doubt about them.
fn strokes() -> Tensor {
    let values = (0..3 * 48 * 160).map(|i| if i % 160 / 7 % 3 == 0 && i / 160 % 48 > 9 { -0.8 } else { 0.9 });
    Tensor::new(vec![1, 3, 48, 160], values.collect())
}

#[test]
fn each_gives_probabilities_of_all_classes_and_others_than_the_fetched_network() {
    let catalogue = catalogue();
    let plain = fetched(&catalogue).run(&strokes()).unwrap();
    for name in ["hands", "names"] {
        let file = catalogue.trained(&format!("{name}.onnx"));
        let said = fetched(&catalogue).extended(&file, name).run(&strokes()).unwrap();
        assert_eq!(said.shape, plain.shape, "{name}");
        for step in said.values.chunks_exact(said.shape[2]) {
            let sum: f32 = step.iter().sum();
            assert!((sum - 1.0).abs() < 1e-3, "{name}: {sum}");
        }
        let moved = said.values.iter().zip(&plain.values).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(moved > 1e-3, "{name} says what was fetched");
    }
}

#[test]
fn an_extension_without_its_output_is_an_error() {
    let catalogue = catalogue();
    let network = fetched(&catalogue).extended(&catalogue.trained("hands.onnx"), "another");
    assert!(matches!(network.run(&strokes()), Err(InferenceError::Shape { .. })));
}

#[test]
fn handwriting_is_read_by_its_own() {
    let reader = PageReader::open(&catalogue()).unwrap();
    let picture = RgbImage::from_fn(160, 48, |x, y| Rgb([if x / 7 % 3 == 0 && y > 9 { 25 } else { 240 }; 3]));
    let whole = Quad::from_rect(Rect::new(0.0, 0.0, 160.0, 48.0));
    let line = reader.read_line_accurately(&picture, whole).unwrap();
    let print = line.lattice.unwrap();
    let hand = reader.read_hand(&picture).unwrap();
    assert_ne!(hand.greedy(), print.greedy());
}
