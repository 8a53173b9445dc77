//! The printed part: the official blank's lines, its text set in an installed font.

use crate::canvas::{Canvas, TextStyle};

/// Draws a blank. `lower` sends heights on the official page to heights on this one, in mm: the
/// identity for the official edition.
pub fn draw(
    canvas: &mut Canvas,
    svg: &str,
    title: Option<(&str, &str)>,
    style: &TextStyle,
    lower: &dyn Fn(f32) -> f32,
) {
    canvas.svg(r##"<g stroke="#000" stroke-linecap="square">"##);
    for line in svg.lines().map(str::trim) {
        if line.starts_with("<line") {
            let number =
                |name: &str| attribute(line, name).and_then(|v| v.parse::<f32>().ok()).unwrap_or(0.0);
            canvas.svg(&format!(
                r#"<line x1="{}" y1="{:.2}" x2="{}" y2="{:.2}" stroke-width="{}"/>"#,
                number("x1"),
                lower(number("y1")),
                number("x2"),
                lower(number("y2")),
                number("stroke-width")
            ));
        } else if line.starts_with("<path") {
            canvas.svg(line);
        } else if line.starts_with("<rect") && attribute(line, "stroke-width").is_some() {
            let number =
                |name: &str| attribute(line, name).and_then(|v| v.parse::<f32>().ok()).unwrap_or(0.0);
            canvas.svg(&format!(
                r#"<rect x="{}" y="{:.2}" width="{}" height="{}" fill="none" stroke-width="{}"/>"#,
                number("x"),
                lower(number("y")),
                number("width"),
                number("height"),
                number("stroke-width")
            ));
        }
    }
    canvas.svg("</g>");
    for line in svg.lines().map(str::trim).filter(|l| l.starts_with("<text")) {
        let number = |name: &str| attribute(line, name).and_then(|v| v.parse::<f32>().ok());
        let (Some(x), Some(y), Some(size)) = (number("x"), number("y"), number("font-size")) else {
            continue;
        };
        let Some(text) =
            line.split_once('>').and_then(|(_, rest)| rest.split_once("</text>")).map(|(text, _)| text)
        else {
            continue;
        };
        let text = match title {
            Some((official, other)) if text == official => other,
            _ => text,
        };
        let bold = if attribute(line, "font-weight").is_some() { 0.035 } else { 0.0 };
        let spacing = number("letter-spacing").unwrap_or(0.0) / size;
        canvas.text(x, lower(y), &style.clone().sized(size).bold(bold).spaced(spacing), text);
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}
