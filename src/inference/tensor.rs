//! A dense array of 32-bit floats.

/// Row-major values with their shape; images are `[n, channels, height, width]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl Tensor {
    /// # Panics
    /// When the number of values is not the product of the shape: that is a bug of the caller.
    pub fn new(shape: Vec<usize>, values: Vec<f32>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "tensor shape and length differ");
        Self { shape, values }
    }
}
