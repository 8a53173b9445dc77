//! The forms that the program knows: definitions with their blank pages.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use image::{GrayImage, imageops};
use thiserror::Error;

use crate::domain::DocumentKind;

use super::{
    definition::{DefinitionError, FormDefinition},
    normalise,
};

/// A form's definition with a picture of its blank.
#[derive(Debug)]
pub struct Template {
    pub definition: FormDefinition,
    /// The whole empty page; its resolution is its width ÷ the page's width in mm.
    pub blank: GrayImage,
    /// How dark the blank is at the resolutions that were asked for: (width, values of 255). Bytes, because three forms at
    /// three resolutions are kept: 18 MB instead of 71.
    darkness: Mutex<Vec<(u32, Arc<Vec<u8>>)>>,
}

/// Why a form cannot be loaded.
#[derive(Debug, Error)]
pub enum TemplateError {
    #[error("{path} could not be read")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    #[error("the blank is no readable picture")]
    Blank(#[from] image::ImageError),
    #[error("the blank has {found:.3} for width ÷ height, the definition's page {wanted:.3}")]
    Proportions { found: f32, wanted: f32 },
    #[error("the blank has {0:.1} pixels a mm; at least {MIN_PX_PER_MM} are needed")]
    Resolution(f32),
}

/// 100 dpi: thin rules are a pixel wide.
const MIN_PX_PER_MM: f32 = 3.9;
/// How far the blank's proportions may be from the definition's page (a rounded pixel or two).
const MAX_ASPECT_ERROR: f32 = 0.01;

impl Template {
    /// Joins a definition (JSON) and its blank (PNG).
    ///
    /// # Errors
    /// When either is broken or they do not fit each other.
    pub fn new(definition: &str, blank: &[u8]) -> Result<Self, TemplateError> {
        let definition = FormDefinition::from_json(definition)?;
        let blank = image::load_from_memory(blank)?.to_luma8();
        let found = blank.width() as f32 / blank.height() as f32;
        let wanted = definition.width_mm / definition.height_mm;
        if (found / wanted - 1.0).abs() > MAX_ASPECT_ERROR {
            return Err(TemplateError::Proportions { found, wanted });
        }
        let resolution = blank.width() as f32 / definition.width_mm;
        if resolution < MIN_PX_PER_MM {
            return Err(TemplateError::Resolution(resolution));
        }
        Ok(Self { definition, blank, darkness: Mutex::default() })
    }

    /// How dark the blank is, scaled to that size: 0 paper, 1 black. It is kept for the next page.
    pub fn darkness(&self, width: u32, height: u32) -> Vec<f32> {
        self.kept_darkness(width, height).iter().map(|&v| f32::from(v) / 255.0).collect()
    }

    fn kept_darkness(&self, width: u32, height: u32) -> Arc<Vec<u8>> {
        // Nothing panics while the lock is held; if it did, the list would still be whole.
        let mut known = self.darkness.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, values)) = known.iter().find(|(at, _)| *at == width) {
            return Arc::clone(values);
        }
        let scaled = imageops::resize(&self.blank, width, height, imageops::FilterType::Triangle);
        let px_per_mm = width as f32 / self.definition.width_mm;
        let values = normalise::darkness(&scaled, px_per_mm).into_iter().map(|v| (v * 255.0).round() as u8);
        let values = Arc::new(values.collect::<Vec<u8>>());
        known.push((width, Arc::clone(&values)));
        values
    }

    /// Loads `NAME.json` and the `NAME.png` beside it.
    ///
    /// # Errors
    /// As [`Template::new`], or when a file cannot be read.
    pub fn load(path: &Path) -> Result<Self, TemplateError> {
        let file = |path: PathBuf| {
            std::fs::read(&path).map_err(|source| TemplateError::File { path: path.clone(), source })
        };
        let definition = file(path.to_owned())?;
        Self::new(&String::from_utf8_lossy(&definition), &file(path.with_extension("png"))?)
    }
}

macro_rules! built_in {
    ($name:literal) => {
        (
            include_str!(concat!("../../models/forms/", $name, ".json")),
            include_bytes!(concat!("../../models/forms/", $name, ".png")).as_slice(),
        )
    };
}

static BUILT_IN: LazyLock<Vec<Template>> = LazyLock::new(|| {
    [built_in!("declaration_form"), built_in!("work_commitment"), built_in!("education_commitment")]
        .into_iter()
        // They are part of the program; a broken one is found by the test below.
        .filter_map(|(definition, blank)| Template::new(definition, blank).ok())
        .collect()
});

/// The forms that the program ships with and those that an operator added.
#[derive(Debug, Default)]
pub struct FormLibrary {
    added: Vec<Template>,
}

impl FormLibrary {
    /// The forms of a folder: every `*.json` in it with its blank. A folder that does not exist has
    /// none.
    ///
    /// # Errors
    /// When a form in it cannot be loaded.
    pub fn with_folder(folder: &Path) -> Result<Self, TemplateError> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Self::default()) };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        paths.sort();
        Ok(Self { added: paths.iter().map(|path| Template::load(path)).collect::<Result<_, _>>()? })
    }

    /// The editions of that form: those of the folder, or, where it has none, the built-in one.
    pub fn of(&self, kind: DocumentKind) -> impl Iterator<Item = &Template> {
        let is_kind = move |template: &&Template| template.definition.kind == kind;
        let own = self.added.iter().any(|template| is_kind(&template));
        let built_in = BUILT_IN.iter().filter(move |_| !own);
        self.added.iter().chain(built_in).filter(is_kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_forms_are_complete() {
        let library = FormLibrary::default();
        for (kind, fields) in [
            (DocumentKind::DeclarationForm, 41),
            (DocumentKind::WorkCommitment, 32),
            (DocumentKind::EducationCommitment, 14),
        ] {
            let template = library.of(kind).next().unwrap();
            assert_eq!(template.definition.fields.len(), fields, "{kind}");
        }
    }

    #[test]
    fn a_blank_of_another_shape_is_refused() {
        let (definition, _) = built_in!("work_commitment");
        let mut png = std::io::Cursor::new(Vec::new());
        GrayImage::new(1000, 1000).write_to(&mut png, image::ImageFormat::Png).unwrap();
        assert!(matches!(Template::new(definition, png.get_ref()), Err(TemplateError::Proportions { .. })));
    }
}
