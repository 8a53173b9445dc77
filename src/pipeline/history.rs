//! What a file's history means for the upload: `alteration.editor_metadata`.

use std::collections::BTreeSet;

use crate::{
    domain::{DocumentKind, Finding, FindingCode, Severity},
    forensics::file_history::{self, Trace, TraceSort},
    imaging::{Opened, OverlaySort},
};

/// One finding for all traces without a place, and one for each that has one.
pub fn find(bytes: &[u8], opened: &Opened, kind: DocumentKind) -> Vec<Finding> {
    let history = file_history::examine(bytes, opened.media_type, &opened.metadata, &opened.pages);
    judge(&history.traces, kind)
}

fn judge(traces: &[Trace], kind: DocumentKind) -> Vec<Finding> {
    let (placed, general): (Vec<&Trace>, Vec<&Trace>) = traces.iter().partition(|trace| trace.quad.is_some());
    whole_file(&general, kind).into_iter().chain(placed.into_iter().map(one_place)).collect()
}

/// Every studio hands out portraits that went through an editor: there it is only good to know. A declaration that the
/// picture was generated is not.
fn severity(trace: &Trace, kind: DocumentKind) -> Severity {
    let is_usual = kind == DocumentKind::PortraitPhoto
        && matches!(trace.sort, TraceSort::Editor(_) | TraceSort::Thumbnail);
    if is_usual { Severity::Info } else { Severity::Review }
}

fn whole_file(traces: &[&Trace], kind: DocumentKind) -> Option<Finding> {
    let worst = traces.iter().max_by_key(|trace| (severity(trace, kind), weight(trace)))?;
    let editors: BTreeSet<&str> =
        traces.iter().filter_map(|trace| trace.editor).map(|editor| editor.name).collect();
    let by = editors.iter().copied().collect::<Vec<_>>().join("、");
    let (zh, en) = match worst.sort {
        TraceSort::Generated => (
            "文件声明其内容由人工智能生成".to_owned(),
            "The file declares that it was made by a generator".to_owned(),
        ),
        TraceSort::PdfSignatureBroken => (
            "PDF 的数字签名与内容不符，签名后被改动过".to_owned(),
            "The digital signature does not fit the PDF: it was changed after it was signed".to_owned(),
        ),
        TraceSort::PdfRevision => (
            "PDF 生成后又被修改过页面内容".to_owned(),
            "The pages of the PDF were changed after it was first written".to_owned(),
        ),
        TraceSort::PdfAnnotation | TraceSort::PdfOverlay(_) => (
            "PDF 页面上有后加的批注或覆盖内容".to_owned(),
            "Something was laid over the pages of the PDF".to_owned(),
        ),
        TraceSort::Thumbnail => (
            "照片内嵌的缩略图与图片内容不一致，可能修改过".to_owned(),
            "The thumbnail inside the file shows something else than the picture; it may have been edited"
                .to_owned(),
        ),
        TraceSort::Editor(_) => (
            format!("文件经图像或 PDF 编辑软件保存过：{by}"),
            format!("The file was saved by an editor: {by}"),
        ),
    };
    let names: BTreeSet<&str> = traces.iter().map(|trace| trace.sort.as_str()).collect();
    let places: BTreeSet<&str> = traces
        .iter()
        .filter_map(|trace| match trace.sort {
            TraceSort::Editor(place) => Some(place),
            _ => None,
        })
        .collect();
    let list = |names: BTreeSet<&str>| serde_json::Value::from(names.into_iter().collect::<Vec<_>>());
    let mut finding = Finding::new(FindingCode::AlterationEditorMetadata, severity(worst, kind), zh, en)
        .with_evidence("traces", list(names));
    if !editors.is_empty() {
        finding = finding.with_evidence("editors", list(editors)).with_evidence("named_in", list(places));
    }
    finding.page = worst.page;
    Some(finding)
}

/// Which of several traces of one severity the message is about.
fn weight(trace: &Trace) -> u8 {
    match trace.sort {
        TraceSort::PdfSignatureBroken => 6,
        TraceSort::PdfRevision => 5,
        TraceSort::Generated => 4,
        TraceSort::PdfAnnotation | TraceSort::PdfOverlay(_) => 3,
        TraceSort::Thumbnail => 2,
        TraceSort::Editor(_) => 1,
    }
}

fn one_place(trace: &Trace) -> Finding {
    let (zh, en) = match trace.sort {
        TraceSort::PdfAnnotation => ("PDF 页面此处有后加的批注", "An annotation was put on the page here"),
        TraceSort::PdfOverlay(OverlaySort::Text) => {
            ("扫描页上此处另加了文字", "Text was set over the scanned page here")
        }
        TraceSort::PdfOverlay(OverlaySort::Patch) => {
            ("扫描页上此处贴有另一张图片", "Another picture was laid over the scanned page here")
        }
        _ => ("页面内容在此处被遮盖", "The page's content is covered here"),
    };
    let mut finding = Finding::new(FindingCode::AlterationEditorMetadata, Severity::Review, zh, en)
        .with_evidence("traces", vec![trace.sort.as_str()]);
    (finding.page, finding.quad) = (trace.page, trace.quad);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forensics::file_history::editor_in;

    fn trace(sort: TraceSort) -> Trace {
        Trace { sort, editor: None, page: None, quad: None }
    }

    fn saved_by(program: &str) -> Trace {
        Trace { editor: editor_in(program), ..trace(TraceSort::Editor("exif_software")) }
    }

    #[test]
    fn an_editor_s_name_is_usual_on_portraits_only() {
        let severity = |kind, traces: &[Trace]| judge(traces, kind)[0].severity;
        let saved = [saved_by("Adobe Photoshop 24.0")];
        assert_eq!(severity(DocumentKind::PortraitPhoto, &saved), Severity::Info);
        assert_eq!(severity(DocumentKind::IdCardFront, &saved), Severity::Review);
        let generated = [saved_by("Adobe Photoshop 24.0"), trace(TraceSort::Generated)];
        assert_eq!(severity(DocumentKind::PortraitPhoto, &generated), Severity::Review);
    }

    #[test]
    fn traces_without_a_place_are_one_finding_that_names_the_gravest() {
        let found =
            judge(&[saved_by("Foxit PDF Editor"), trace(TraceSort::PdfRevision)], DocumentKind::ChsiReport);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.en.starts_with("The pages"));
        assert_eq!(found[0].evidence["editors"], serde_json::json!(["Foxit PDF Editor"]));
        assert!(judge(&[], DocumentKind::ChsiReport).is_empty());
    }
}
