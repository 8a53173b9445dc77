//! The picture of an upload at its full size: pages are decoded at a scale for reading, and traces of screens and editors
//! are finer than that.

use std::cell::OnceCell;

use crate::imaging::{DecodeScale, Limits, Opened, PageImage, PageOrigin, open};

/// Decodes it when it is first asked for, once.
pub(super) struct FullSize<'a> {
    bytes: &'a [u8],
    opened: &'a Opened,
    limits: &'a Limits,
    decoded: OnceCell<Option<PageImage>>,
}

impl<'a> FullSize<'a> {
    pub fn new(bytes: &'a [u8], opened: &'a Opened, limits: &'a Limits) -> Self {
        Self { bytes, opened, limits, decoded: OnceCell::new() }
    }

    /// # Errors
    /// Why there is none: a stable name.
    pub fn page(&self) -> Result<&PageImage, &'static str> {
        let [page @ PageImage { origin: PageOrigin::Picture, .. }] = self.opened.pages.as_slice() else {
            return Err("not_a_picture");
        };
        if page.scale() >= 1.0 {
            return Ok(page);
        }
        let decode = || {
            let opened = open("", self.bytes, self.limits, DecodeScale::Full).ok()?;
            opened.pages.into_iter().next().filter(|full| full.scale() >= 1.0)
        };
        self.decoded.get_or_init(decode).as_ref().ok_or("too_large")
    }
}
