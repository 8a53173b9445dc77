//! Networks that were exported for one fixed size, opened for any.
//!
//! An ONNX file (onnx.proto3) declares the shape of its inputs and outputs: ModelProto.graph (7) → GraphProto.input (11)
//! and .output (12) → ValueInfoProto.type (2) → TypeProto.tensor_type (1) → Tensor.shape (2) → TensorShapeProto.dim (1)
//! → Dimension.dim_value (1). A dimension without a value is free. The key of each `dim_value` is made into that of a
//! field that nobody knows, which readers skip, so that no length changes.

/// Key of `dim_value`: field 1, a varint.
const DIM_VALUE: u8 = 1 << 3;
/// Key of field 15, a varint: unused in Dimension.
const UNKNOWN: u8 = 15 << 3;

const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const BYTES: u8 = 2;
const FIXED32: u8 = 5;

/// Frees every dimension of the declared inputs and outputs. Bytes that are no ONNX file stay as they are.
pub fn free(model: &mut [u8]) {
    let mut dimensions = Vec::new();
    for path in [[7, 11, 2, 1, 2, 1], [7, 12, 2, 1, 2, 1]] {
        find(model, 0, model.len(), &path, &mut dimensions);
    }
    for at in dimensions {
        if model.get(at) == Some(&DIM_VALUE) {
            model[at] = UNKNOWN;
        }
    }
}

/// Starts of the messages at the end of `path`, for the message at `start..end`.
fn find(bytes: &[u8], start: usize, end: usize, path: &[u64], found: &mut Vec<usize>) {
    let Some((&wanted, rest)) = path.split_first() else {
        found.push(start);
        return;
    };
    let mut at = start;
    while at < end {
        let Some((key, behind)) = varint(bytes, at) else { return };
        let wire = (key & 7) as u8;
        let (content, next) = match wire {
            VARINT => match varint(bytes, behind) {
                Some((_, next)) => (behind, next),
                None => return,
            },
            FIXED64 => (behind, behind + 8),
            FIXED32 => (behind, behind + 4),
            BYTES => match varint(bytes, behind) {
                Some((length, content)) if length <= (end.saturating_sub(content)) as u64 => {
                    (content, content + length as usize)
                }
                _ => return,
            },
            _ => return,
        };
        if wire == BYTES && key >> 3 == wanted {
            find(bytes, content, next, rest, found);
        }
        at = next;
    }
}

/// A base-128 number and the offset behind it.
fn varint(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(at)?;
        at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((value, at));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(field: u8, contents: &[u8]) -> Vec<u8> {
        [&[field << 3 | BYTES, contents.len() as u8], contents].concat()
    }

    #[test]
    fn only_dimensions_of_inputs_and_outputs_are_freed() {
        let shape = [message(1, &[DIM_VALUE, 10]), message(1, &[DIM_VALUE, 3])].concat();
        let info = |shape: &[u8]| message(2, &message(1, &[&[8, 1][..], &message(2, shape)].concat()));
        let other = message(5, &[8, 7]);
        let graph = [message(11, &info(&shape)), other.clone(), message(12, &info(&shape))].concat();
        let mut model = [vec![8, 4], message(7, &graph)].concat();
        free(&mut model);
        let freed = [message(1, &[UNKNOWN, 10]), message(1, &[UNKNOWN, 3])].concat();
        let graph = [message(11, &info(&freed)), other, message(12, &info(&freed))].concat();
        assert_eq!(model, [vec![8, 4], message(7, &graph)].concat());
    }

    #[test]
    fn what_is_no_model_stays_as_it_is() {
        for bytes in [&b""[..], b"\xff\xff\xff", b":\xff\x01", b"hello world"] {
            let mut copy = bytes.to_vec();
            free(&mut copy);
            assert_eq!(copy, bytes);
        }
    }
}
