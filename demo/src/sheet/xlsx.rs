//! Office Open XML.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet};

use super::{Cell, Sheet};
use crate::Error;

/// The bytes of the workbook. Its properties hold a fixed date instead of the present.
pub(super) fn bytes(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let mut worksheet = Worksheet::new();
    worksheet.set_name(sheet.name)?;
    for (row, cells) in (0..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    worksheet.write_string(row, column, text)?;
                }
                Cell::Number(number) => {
                    worksheet.write_number(row, column, *number)?;
                }
            }
        }
    }
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2025, 1, 1)?));
    workbook.push_worksheet(worksheet);
    Ok(workbook.save_to_buffer()?)
}
