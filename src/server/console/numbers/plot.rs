//! Bars as SVG, made on the server: rectangles, a few lines, labels. Colours are those of the style sheet.

/// Size of the drawing, in its own units; the page scales it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
/// Room around the bars for numbers on the left and labels below.
const LEFT: f64 = 36.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 24.0;
/// Share of a label's width that its bars take.
const FILLED: f64 = 0.8;
/// Labels that fit beside each other.
const LABELS: usize = 12;
/// Lines across, beside that at the bottom.
const LINES: u32 = 4;

/// Values of one colour. Series with the same `stack` stand on each other.
pub(super) struct Series {
    pub class: &'static str,
    pub stack: usize,
    /// One for each label.
    pub values: Vec<f64>,
}

pub(super) struct Bar {
    pub class: &'static str,
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    /// What it says when it is pointed at.
    pub title: String,
}

/// A line across with the number that it stands for.
pub(super) struct Line {
    pub y: String,
    pub text: String,
}

pub(super) struct Label {
    pub x: String,
    pub text: String,
}

pub(super) struct Plot {
    pub bars: Vec<Bar>,
    pub lines: Vec<Line>,
    pub labels: Vec<Label>,
    pub width: f64,
    pub height: f64,
    /// Where lines begin and end, and where labels stand.
    pub left: f64,
    pub right: f64,
    pub foot: f64,
}

impl Plot {
    pub(super) fn of(labels: &[String], series: &[Series]) -> Self {
        let stacks = series.iter().map(|series| series.stack + 1).max().unwrap_or(1);
        let slot = (WIDTH - LEFT - RIGHT) / labels.len().max(1) as f64;
        let thickness = slot * FILLED / stacks as f64;
        let highest = highest(labels.len(), stacks, series);
        let step = step_of(highest);
        let top = step * f64::from(LINES);
        let y_of = |value: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - value / top);
        let mut bars = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let mut reached = vec![0.0; stacks];
            for series in series {
                let value = series.values.get(at).copied().unwrap_or_default();
                let from = reached[series.stack];
                reached[series.stack] += value;
                if value <= 0.0 {
                    continue;
                }
                let x = LEFT + slot * (at as f64 + (1.0 - FILLED) / 2.0) + thickness * series.stack as f64;
                bars.push(Bar {
                    class: series.class,
                    x: format!("{x:.1}"),
                    y: format!("{:.1}", y_of(from + value)),
                    width: format!("{:.1}", thickness.max(0.5)),
                    height: format!("{:.1}", y_of(from) - y_of(from + value)),
                    title: format!("{label}: {value}"),
                });
            }
        }
        let every = labels.len().div_ceil(LABELS).max(1);
        let label = |(at, text): (usize, &String)| Label {
            x: format!("{:.1}", LEFT + slot * (at as f64 + 0.5)),
            text: text.clone(),
        };
        let line = |number: u32| {
            let value = step * f64::from(number);
            Line { y: format!("{:.1}", y_of(value)), text: format!("{value}") }
        };
        Self {
            bars,
            lines: (0..=LINES).map(line).collect(),
            labels: labels.iter().enumerate().step_by(every).map(label).collect(),
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            foot: HEIGHT - 8.0,
        }
    }
}

/// The highest stack of any label.
fn highest(labels: usize, stacks: usize, series: &[Series]) -> f64 {
    let height = |at: usize, stack: usize| -> f64 {
        series.iter().filter(|s| s.stack == stack).filter_map(|s| s.values.get(at)).sum()
    };
    (0..labels).flat_map(|at| (0..stacks).map(move |stack| height(at, stack))).fold(0.0, f64::max)
}

/// A whole round number by which lines rise so that the highest bar stays below the top one.
fn step_of(highest: f64) -> f64 {
    let least = (highest / f64::from(LINES)).max(1.0);
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power);
    round.into_iter().find(|step| *step >= least - 1e-9).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_rise_by_round_numbers_above_the_highest_bar() {
        for (highest, step) in
            [(0.0, 1.0), (4.0, 1.0), (5.0, 2.0), (37.0, 10.0), (81.0, 50.0), (400.0, 100.0)]
        {
            assert!((step_of(highest) - step).abs() < 1e-9, "{highest}: {}", step_of(highest));
        }
    }

    #[test]
    fn stacked_bars_stand_on_each_other_and_none_is_empty() {
        let series = |class, stack, values: &[f64]| Series { class, stack, values: values.to_vec() };
        let labels = ["a".to_owned(), "b".to_owned()];
        let plot = Plot::of(&labels, &[series("x", 0, &[1.0, 0.0]), series("y", 0, &[3.0, 2.0])]);
        let bars: Vec<_> = plot.bars.iter().map(|bar| (bar.class, bar.title.as_str())).collect();
        assert_eq!(bars, [("x", "a: 1"), ("y", "a: 3"), ("y", "b: 2")]);
        let bottom = |bar: &Bar| bar.y.parse::<f64>().unwrap() + bar.height.parse::<f64>().unwrap();
        assert!((bottom(&plot.bars[1]) - plot.bars[0].y.parse::<f64>().unwrap()).abs() < 0.2);
        assert!((bottom(&plot.bars[0]) - (HEIGHT - BOTTOM)).abs() < 0.2);
    }

    #[test]
    fn labels_do_not_crowd() {
        let labels: Vec<String> = (0..90).map(|day| day.to_string()).collect();
        assert!(Plot::of(&labels, &[]).labels.len() <= LABELS);
    }
}
