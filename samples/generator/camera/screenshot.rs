//! A screen's own picture: the page inside a phone's or a desktop's browser.

use image::RgbImage;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use vouch::domain::{Quad, Rect};

use super::{
    frame::Frame,
    warp::{self, Surface},
};
use crate::{
    canvas::{Canvas, TextStyle},
    fonts::{self, Style},
    spec::{Split, between, chance, one_of},
};

/// Takes a screenshot of the page; the quad is the page within it.
pub fn take(page: &Canvas, split: Split, rng: &mut ChaCha8Rng) -> (RgbImage, Quad) {
    if chance(rng, 0.65) { phone(page, split, rng) } else { desktop(page, split, rng) }
}

fn phone(page: &Canvas, split: Split, rng: &mut ChaCha8Rng) -> (RgbImage, Quad) {
    let (width, mut height) = one_of(&[(1080, 2340), (1170, 2532), (1080, 2400), (1440, 3200), (1284, 2778)], rng);
    let bar = width as f32 * 0.072;
    let tools = width as f32 * 0.125;
    let inset = width as f32 * between(rng, 0.0, 0.03);
    let scale = (width as f32 - 2.0 * inset) / page.width;
    let top = bar + tools + between(rng, 0.0, 30.0);
    // A long page is a long screenshot.
    height = height.max((top + page.height * scale + 60.0) as usize);
    let mut frame = Frame::new(width, height, one_of(&[[255.0; 3], [242.0, 243.0, 245.0], [236.0; 3]], rng));
    let font = fonts::pick(Style::Hei, split, rng);
    let mut head = Canvas::new(width as f32, bar + tools);
    head.rect(0.0, 0.0, width as f32, bar + tools, one_of(&["#ffffff", "#f7f7f8", "#ededed"], rng));
    let style = TextStyle::new(&font, bar * 0.52, "#111");
    head.text(bar * 0.7, bar * 0.72, &style, &format!("{}:{:02}", rng.random_range(7..23), rng.random_range(0..60)));
    head.text(width as f32 - bar * 3.4, bar * 0.72, &style, &format!("5G {}%", rng.random_range(12..100)));
    let title = one_of(&["在线验证报告", "学信网", "电子证书", "报告详情"], rng);
    head.text_centred(width as f32 / 2.0, bar + tools * 0.62, &style.clone().sized(tools * 0.36), title);
    head.text(bar * 0.6, bar + tools * 0.64, &style.clone().sized(tools * 0.42), "〈");
    let quad = paste(&mut frame, page, inset, top, scale);
    warp::place(&mut frame, &head.render(1.0), &Quad::from_rect(Rect::new(0.0, 0.0, width as f32, bar + tools)), Surface::default());
    (frame.to_image(), quad)
}

fn desktop(page: &Canvas, split: Split, rng: &mut ChaCha8Rng) -> (RgbImage, Quad) {
    let (width, height) = one_of(&[(1920_usize, 1200_usize), (2560, 1440), (2560, 1600)], rng);
    let head = 92.0;
    let scale = ((height as f32 - head - 20.0) / page.height).min(width as f32 * 0.9 / page.width);
    let mut frame = Frame::new(width, height, one_of(&[[82.0, 86.0, 89.0], [230.0; 3], [255.0; 3]], rng));
    let font = fonts::pick(Style::Hei, split, rng);
    let mut bar = Canvas::new(width as f32, head);
    bar.rect(0.0, 0.0, width as f32, head, "#dee1e6");
    bar.rect(0.0, 40.0, width as f32, 52.0, "#ffffff");
    bar.rect(120.0, 48.0, width as f32 * 0.6, 34.0, "#f1f3f4");
    let style = TextStyle::new(&font, 17.0, "#333");
    bar.text(30.0, 27.0, &style, "学信档案");
    bar.text(140.0, 71.0, &style, "https://my.chsi.com.cn/archive/");
    let left = (width as f32 - page.width * scale) / 2.0;
    let quad = paste(&mut frame, page, left, head + 10.0, scale);
    warp::place(&mut frame, &bar.render(1.0), &Quad::from_rect(Rect::new(0.0, 0.0, width as f32, head)), Surface::default());
    (frame.to_image(), quad)
}

fn paste(frame: &mut Frame, page: &Canvas, left: f32, top: f32, scale: f32) -> Quad {
    let quad = Quad::from_rect(Rect::new(left.round(), top.round(), (left + page.width * scale).round(), (top + page.height * scale).round()));
    warp::place(frame, &page.render(scale), &quad, Surface::default());
    quad
}
