//! What an XLSX says of itself before its cells: its sheets, its texts, and which of its formats are dates.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::number::Shown;
use super::package::{Package, Part};
use super::problem::Problem;
use super::strings::Strings;
use super::xml::{Xml, attribute};
use crate::refusal::{Reason, quoted};

/// The most formats of cells that are remembered; spreadsheet programs allow 64,000.
const FORMATS: usize = 65_536;

/// The most relations of a part that are looked into.
const RELATIONS: usize = 4_096;
/// The most sheets that are looked into.
const SHEETS: usize = 1_024;

/// An open workbook.
pub(super) struct Workbook {
    package: Package,
    /// The parts of its sheets of cells: those that people see, then the hidden ones, each in the workbook's order.
    pub(super) sheets: Vec<String>,
    pub(super) strings: Strings,
    /// What the numbers of a cell's style show.
    pub(super) shown: Vec<Shown>,
    /// Whether dates count from 1904.
    pub(super) since_1904: bool,
}

/// A relation from one part to another.
struct Relation {
    id: String,
    sort: String,
    part: String,
}

impl Workbook {
    /// Opens the workbook in a container.
    pub(super) fn open(mut package: Package) -> Result<Self, Problem> {
        let main = relations(&mut package, "")?.into_iter().find(|relation| relation.sort == "officeDocument");
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.part);
        if let Some(problem) = other_document(&package, &main) {
            return Err(problem);
        }
        let relations = relations(&mut package, &main)?;
        let part = package.part(&main)?.ok_or_else(|| Problem::Broken(format!("it has no part {}", quoted(&main))))?;
        let (sheets, since_1904) = contents(Xml::new(part, &main), &relations)?;
        let by_sort = |sort: &str| relations.iter().find(|relation| relation.sort == sort).map(|relation| relation.part.as_str());
        let strings = match by_sort("sharedStrings") {
            Some(name) => Strings::new(package.part(name)?.map(|part| Xml::new(part, name))),
            None => Strings::new(None),
        };
        let shown = match by_sort("styles") {
            Some(name) => match package.part(name)? {
                Some(part) => formats(Xml::new(part, name))?,
                None => Vec::new(),
            },
            None => Vec::new(),
        };
        Ok(Self { package, sheets, strings, shown, since_1904 })
    }

    /// Opens a sheet's part.
    pub(super) fn sheet(&mut self, name: &str) -> Result<Xml<Part>, Problem> {
        let part = self.package.part(name)?.ok_or_else(|| Problem::Broken(format!("its sheet {} is missing", quoted(name))))?;
        Ok(Xml::new(part, name))
    }
}

/// What is wrong with the container if it is no workbook of XML parts.
fn other_document(package: &Package, main: &str) -> Option<Problem> {
    let other = |sentence: &str| Some(Problem::Other(Reason::NotATable, sentence.to_owned()));
    if package.has(main) && !["word/", "ppt/", "visio/"].iter().any(|folder| main.starts_with(folder)) && !main.ends_with(".bin") {
        return None;
    }
    if package.has("xl/workbook.bin") {
        return other("is a binary workbook (.xlsb), which cannot be read. Open it in a spreadsheet program and save it as .xlsx");
    }
    for (part, what) in [
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
        ("visio/document.xml", "a Visio drawing"),
        ("META-INF/manifest.xml", "an OpenDocument file"),
    ] {
        if package.has(part) {
            return other(&format!("is {what}, not a workbook that can be read. Choose the table that it should hold as .xlsx or .csv"));
        }
    }
    Some(Problem::NotAWorkbook)
}

/// The relations of a part, or of the container for an empty name.
fn relations(package: &mut Package, of: &str) -> Result<Vec<Relation>, Problem> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let Some(part) = package.part(&name)? else { return Ok(Vec::new()) };
    let mut xml = Xml::new(part, &name);
    let mut relations = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "Relationship" => {
                let (id, sort, target) = (attribute(&element, "Id")?, attribute(&element, "Type")?, attribute(&element, "Target")?);
                let external = attribute(&element, "TargetMode")?.is_some_and(|mode| mode == "External");
                if let (Some(id), Some(sort), Some(target), false) = (id, sort, target, external)
                    && relations.len() < RELATIONS
                {
                    // Transitional and strict workbooks differ in all of the address but its last part.
                    let sort = sort.rsplit('/').next().unwrap_or_default().to_owned();
                    relations.push(Relation { id, sort, part: resolve(folder, &target) });
                }
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// The part that a target names, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// The parts of the sheets, and whether dates count from 1904.
fn contents(mut xml: Xml<Part>, relations: &[Relation]) -> Result<(Vec<String>, bool), Problem> {
    let (mut seen, mut hidden, mut since_1904) = (Vec::new(), Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "sheet" => {
                    let id = attribute(&element, "id")?;
                    // Charts and dialogs have no cells, macro sheets no table.
                    let sheet = relations.iter().find(|relation| Some(&relation.id) == id.as_ref() && relation.sort == "worksheet");
                    if let Some(sheet) = sheet.filter(|_| seen.len() + hidden.len() < SHEETS) {
                        let visible = attribute(&element, "state")?.is_none_or(|state| state == "visible");
                        if visible { &mut seen } else { &mut hidden }.push(sheet.part.clone());
                    }
                }
                "workbookPr" => since_1904 = matches!(attribute(&element, "date1904")?.as_deref(), Some("1" | "true")),
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "workbook" => break,
            Event::Eof => return Err(xml.breaks_off()),
            _ => {}
        }
    }
    seen.append(&mut hidden);
    Ok((seen, since_1904))
}

/// What the numbers of each style of cells show.
fn formats(mut xml: Xml<Part>) -> Result<Vec<Shown>, Problem> {
    let (mut custom, mut shown, mut of_cells) = (HashMap::new(), Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "numFmt" if custom.len() < FORMATS => {
                    let id = attribute(&element, "numFmtId")?.and_then(|id| id.parse::<u32>().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&element, "formatCode")?) {
                        custom.insert(id, Shown::of_code(&code));
                    }
                }
                "cellXfs" => of_cells = true,
                "xf" if of_cells && shown.len() < FORMATS => {
                    let id = attribute(&element, "numFmtId")?.and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                    shown.push(custom.get(&id).copied().unwrap_or_else(|| Shown::of_builtin(id)));
                }
                _ => {}
            },
            // What follows, named styles and conditional formats, says nothing of cells' numbers.
            Event::End(element) if matches!(element.local_name().as_ref(), "cellXfs" | "styleSheet") => return Ok(shown),
            Event::Eof => return Err(xml.breaks_off()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_folder() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "..\\custom/item.xml", "custom/item.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../x", "x"),
        ] {
            assert_eq!(resolve(folder, target), part);
        }
    }
}
