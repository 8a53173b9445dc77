//! The command line as callers use it: exit codes, JSON Lines, pictures, plain reading.

use image::GenericImageView;

use crate::vouch::{SAMPLE_DAY, codes, exit_code, fixture, json_lines, run, sample, vouch};

const ID_SCAN: &str = "small/00000_id_card_front_scan.jpg";
/// The ID number on [`ID_SCAN`].
const ID_NUMBER: &str = "850101198901225175";

#[test]
fn reports_come_in_the_order_of_the_files_and_one_that_cannot_be_read_has_one_too() {
    let folder = tempfile::tempdir().unwrap();
    let noise = folder.path().join("noise.jpg");
    std::fs::write(&noise, b"this is no picture").unwrap();
    let files = [
        sample("application/id_back.jpg"),
        noise,
        fixture("intake/user_password.pdf"),
        folder.path().join("absent.png"),
        sample("application/id_front.jpg"),
    ];
    let output = run(vouch().args(["check", "--json", "--today", SAMPLE_DAY]).args(&files));
    assert_eq!(exit_code(&output), 3);
    let reports = json_lines(&output);
    let names: Vec<_> = reports.iter().map(|report| report["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["id_back.jpg", "noise.jpg", "user_password.pdf", "absent.png", "id_front.jpg"]);
    let expected = ["intake.unsupported_format", "intake.encrypted", "intake.empty"];
    for (report, code) in reports[1..4].iter().zip(expected) {
        assert_eq!(report["outcome"], "unreadable");
        assert_eq!(codes(report), [code]);
    }
    assert_eq!(reports[0]["kind"], "id_card_back");
    assert_eq!(reports[4]["kind"], "id_card_front");
}

#[test]
fn a_finding_is_no_failure() {
    let expired = sample("small/00001_id_card_back_phone.jpg");
    let output =
        run(vouch().args(["check", "--json", "--today", SAMPLE_DAY, "--slot", "id_card_front"]).arg(expired));
    assert_eq!(exit_code(&output), 0);
    let report = &json_lines(&output)[0];
    assert_eq!(report["slot"], "id_card_front");
    let raised = codes(report);
    assert!(raised.contains(&"kind.wrong_side"), "{raised:?}");
    assert!(raised.contains(&"id.expired"), "{raised:?}");
}

#[test]
fn validity_is_judged_by_the_day_given() {
    let card = sample("application/id_back.jpg");
    let raised_on = |day| {
        let output = run(vouch().args(["check", "--json", "--today", day]).arg(&card));
        codes(&json_lines(&output)[0]).contains(&"id.expired")
    };
    assert!(!raised_on("2031-10-25"));
    assert!(raised_on("2031-10-27"));
}

#[test]
fn usage_errors_are_told_from_failures() {
    let code = |args: &[&str]| exit_code(&run(vouch().args(args)));
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["check"]), 2);
    assert_eq!(code(&["check", "--slot", "passport", "x.jpg"]), 2);
    assert_eq!(code(&["check", "--today", "tomorrow", "x.jpg"]), 2);
    assert_eq!(code(&["--version"]), 0);
}

#[test]
fn without_models_the_message_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    for command in ["models", "check"] {
        let mut vouch = vouch();
        vouch.arg(command).arg("--models").arg(empty.path());
        if command == "check" {
            vouch.arg(sample(ID_SCAN));
        }
        let output = run(&mut vouch);
        assert_eq!(exit_code(&output), 1, "vouch {command}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("scripts/fetch-models"), "vouch {command}");
    }
}

#[test]
fn the_models_in_the_cache_are_the_pinned_ones() {
    let output = run(vouch().args(["models", "--json"]));
    assert_eq!(exit_code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let models: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(models.as_array().unwrap().iter().all(|model| model["state"] == "ok"));
}

#[test]
fn annotation_draws_on_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(vouch()
        .args(["check", "--today", SAMPLE_DAY, "--annotate"])
        .arg(folder.path())
        .arg(sample("application/id_back.jpg")));
    assert_eq!(exit_code(&output), 0);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("valid_until") && text.contains("2031-10-26"), "{text}");
    let drawn = image::open(folder.path().join("id_back.annotated.png")).unwrap().to_rgb8();
    let green = drawn.pixels().filter(|pixel| pixel.0 == [0, 170, 80]).count();
    let blue = drawn.pixels().filter(|pixel| pixel.0 == [40, 120, 255]).count();
    assert!(green > 100 && blue > 100, "{green} pixels of fields, {blue} of the outline");
}

#[test]
fn plain_reading_gives_lines_and_codes() {
    let report = sample("application/chsi_report.pdf");
    let output = run(vouch().args(["read", "--json"]).arg(&report));
    assert_eq!(exit_code(&output), 0);
    let reading = &json_lines(&output)[0];
    assert_eq!(reading["file"], report.to_str().unwrap());
    let lines = reading["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["text"].as_str().unwrap().contains("甘肃政法大学")));
    assert!(lines.iter().all(|line| line["quad"].as_array().is_some_and(|quad| quad.len() == 4)));
    let code = &reading["codes"][0];
    assert_eq!(code["symbology"], "QRCode");
    assert!(code["text"].as_str().unwrap().contains("ATLJ3EDU493M566S"));
}

#[test]
fn a_single_line_is_read_as_one() {
    let output = run(vouch().args(["check", "--json", "--today", SAMPLE_DAY]).arg(sample(ID_SCAN)));
    let report = &json_lines(&output)[0];
    assert_eq!(report["fields"]["id_number"]["value"], ID_NUMBER);
    let corners: Vec<[f64; 2]> =
        serde_json::from_value(report["fields"]["id_number"]["quad"].clone()).unwrap();
    let (left, right) = corners.iter().fold((f64::MAX, 0.0_f64), |(l, r), c| (l.min(c[0]), r.max(c[0])));
    let (top, bottom) = corners.iter().fold((f64::MAX, 0.0_f64), |(t, b), c| (t.min(c[1]), b.max(c[1])));
    let card = image::open(sample(ID_SCAN)).unwrap();
    let line = card.view(left as u32, top as u32, (right - left) as u32, (bottom - top) as u32).to_image();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.png");
    line.save(&path).unwrap();

    let output = run(vouch().args(["read", "--line", "--json"]).arg(&path));
    assert_eq!(exit_code(&output), 0);
    let lines = json_lines(&output)[0]["lines"].clone();
    assert_eq!(lines.as_array().unwrap().len(), 1);
    assert!(lines[0]["text"].as_str().unwrap().contains(ID_NUMBER), "{lines}");
}

#[test]
fn plain_reading_of_an_unreadable_file_still_prints_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.png");
    std::fs::write(&path, b"noise").unwrap();
    let output = run(vouch().args(["read", "--json"]).arg(&path));
    assert_eq!(exit_code(&output), 3);
    assert_eq!(json_lines(&output)[0]["lines"], serde_json::json!([]));
}

#[test]
fn completions_exist_for_the_usual_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(vouch().args(["completions", shell]));
        assert_eq!(exit_code(&output), 0);
        assert!(String::from_utf8_lossy(&output.stdout).contains("annotate"), "{shell}");
    }
}
