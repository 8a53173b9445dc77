//! One face, large enough, in the middle, looking into the camera.

use std::f32::consts::PI;

use crate::domain::{Finding, FindingCode, Quad, Severity};

use super::face::{Face, Landmarks};

/// How a face must stand in the picture. Shares are of the picture's height or width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FramingParams {
    /// Height of the face from forehead to chin. One-inch photos have about 0.4 (a head of two thirds of the height);
    /// narrower limits alarm on other studios' crops.
    pub face_height: (f32, f32),
    /// Middle of the face across the picture, from its middle.
    pub off_centre: f32,
    /// Middle of the face down the picture.
    pub centre_y: (f32, f32),
    /// Lean of the line through the eyes in degrees. Landmarks are good to about 3.
    pub lean_deg: f32,
    /// How far the nose stands off the middle between the eyes, in distances of the eyes: 0.13 is a head turned by some
    /// 12 degrees; frontal ones stay below 0.08.
    pub turn: f32,
    /// Area of another face as a share of the largest's from which it counts.
    pub second_face: f32,
    /// Score from which another face counts: higher than for the first, since cloth and hair score low.
    pub second_score: f32,
}

impl Default for FramingParams {
    fn default() -> Self {
        Self {
            face_height: (0.28, 0.58),
            off_centre: 0.1,
            centre_y: (0.33, 0.62),
            lean_deg: 8.0,
            turn: 0.13,
            second_face: 0.2,
            second_score: 0.35,
        }
    }
}

/// Judges the faces of a picture of that size in pixels.
pub fn judge(faces: &[Face], (width, height): (f32, f32), params: &FramingParams) -> Vec<Finding> {
    let area = |face: &Face| face.place.width() * face.place.height();
    let Some(face) = faces.iter().max_by(|a, b| area(a).total_cmp(&area(b))) else {
        let finding = Finding::new(
            FindingCode::PhotoNoFace,
            Severity::Retake,
            "照片中未找到人脸",
            "No face was found in the photo",
        );
        return vec![finding];
    };
    let counted = faces
        .iter()
        .filter(|other| other.score >= params.second_score && area(other) >= params.second_face * area(face))
        .count();
    if counted > 1 {
        let finding = Finding::new(
            FindingCode::PhotoSeveralFaces,
            Severity::Retake,
            "照片中不止一张人脸",
            "There is more than one face in the photo",
        );
        return vec![finding.with_evidence("faces", counted)];
    }
    pose(face, (width, height), params).into_iter().collect()
}

/// What is wrong with how the face stands.
fn pose(face: &Face, (width, height): (f32, f32), params: &FramingParams) -> Option<Finding> {
    let share = face.place.height() / height;
    let centre = face.place.center();
    let (x, y) = (centre.x / width - 0.5, centre.y / height);
    let (lean, turn) = (lean_deg(&face.landmarks), turn(&face.landmarks));
    let out = |value: f32, (low, high): (f32, f32)| !(low..=high).contains(&value);
    let mut faults: Vec<(&str, &str, &str)> = Vec::new();
    if out(share, params.face_height) {
        let small = share < params.face_height.0;
        let said = if small {
            ("头像过小", "the face is too small")
        } else {
            ("头像过大", "the face is too large")
        };
        faults.push(("size", said.0, said.1));
    }
    if x.abs() > params.off_centre || out(y, params.centre_y) {
        faults.push(("place", "头像未居中", "the face is off centre"));
    }
    if lean.abs() > params.lean_deg {
        faults.push(("lean", "头部倾斜、双眼不平", "the head leans to a side"));
    }
    if turn.abs() > params.turn {
        faults.push(("turn", "未正面免冠面向镜头", "the head is turned aside"));
    }
    if faults.is_empty() {
        return None;
    }
    let join = |pick: fn(&(&str, &str, &str)) -> String, by: &str| {
        faults.iter().map(pick).collect::<Vec<_>>().join(by)
    };
    let finding = Finding::new(
        FindingCode::PhotoFacePose,
        Severity::Review,
        format!("照片姿态或构图不符合要求：{}", join(|fault| fault.1.to_owned(), "、")),
        format!("The photo is not framed as it must be: {}", join(|fault| fault.2.to_owned(), ", ")),
    );
    Some(
        finding
            .at(Quad::from_rect(face.place))
            .with_evidence("faults", faults.iter().map(|fault| fault.0).collect::<Vec<_>>())
            .with_evidence("face_height", f64::from(share))
            .with_evidence("centre", vec![f64::from(x + 0.5), f64::from(y)])
            .with_evidence("lean_deg", f64::from(lean))
            .with_evidence("turn", f64::from(turn)),
    )
}

/// Degrees by which the line through the eyes leans, clockwise.
fn lean_deg(marks: &Landmarks) -> f32 {
    (marks.right_eye.y - marks.left_eye.y).atan2(marks.right_eye.x - marks.left_eye.x) * 180.0 / PI
}

/// How far the nose stands off the middle between the eyes, along their line, in their distance.
fn turn(marks: &Landmarks) -> f32 {
    let (dx, dy) = (marks.right_eye.x - marks.left_eye.x, marks.right_eye.y - marks.left_eye.y);
    let (mx, my) =
        ((marks.right_eye.x + marks.left_eye.x) / 2.0, (marks.right_eye.y + marks.left_eye.y) / 2.0);
    ((marks.nose.x - mx) * dx + (marks.nose.y - my) * dy) / (dx * dx + dy * dy).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Point, Rect};

    const SIZE: (f32, f32) = (500.0, 700.0);

    fn face(change: impl FnOnce(&mut Face)) -> Face {
        let mut face = Face {
            score: 0.9,
            place: Rect::new(150.0, 180.0, 350.0, 500.0),
            landmarks: Landmarks {
                left_eye: Point::new(200.0, 300.0),
                right_eye: Point::new(300.0, 300.0),
                nose: Point::new(252.0, 350.0),
                left_mouth: Point::new(210.0, 400.0),
                right_mouth: Point::new(290.0, 400.0),
            },
        };
        change(&mut face);
        face
    }

    fn codes(faces: &[Face]) -> Vec<FindingCode> {
        judge(faces, SIZE, &FramingParams::default()).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_face_as_it_should_be_passes() {
        assert_eq!(codes(&[face(|_| {})]), []);
        assert_eq!(codes(&[face(|f| f.landmarks.right_eye.y += 8.0)]), []);
    }

    #[test]
    fn none_and_several_are_told() {
        assert_eq!(codes(&[]), [FindingCode::PhotoNoFace]);
        let other = face(|f| f.place = Rect::new(10.0, 10.0, 140.0, 200.0));
        assert_eq!(codes(&[face(|_| {}), other.clone()]), [FindingCode::PhotoSeveralFaces]);
        let button = Face { score: 0.31, ..other };
        assert_eq!(codes(&[face(|_| {}), button]), []);
    }

    #[test]
    fn every_fault_of_pose_is_told_alone() {
        let faults =
            |face: Face| judge(&[face], SIZE, &FramingParams::default())[0].evidence["faults"].clone();
        assert_eq!(faults(face(|f| f.landmarks.right_eye.y += 25.0)), serde_json::json!(["lean"]));
        assert_eq!(faults(face(|f| f.landmarks.nose.x += 35.0)), serde_json::json!(["turn"]));
        assert_eq!(
            faults(face(|f| f.place = Rect::new(220.0, 300.0, 280.0, 400.0))),
            serde_json::json!(["size"])
        );
        assert_eq!(
            faults(face(|f| f.place = Rect::new(50.0, 180.0, 250.0, 500.0))),
            serde_json::json!(["place"])
        );
    }
}
