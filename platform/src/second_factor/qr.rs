//! QR codes as something to draw.

use fast_qr::{ECL, QRBuilder};
use model::second_factor::QrCode;

use crate::failure::Fault;

/// Light modules on each side, without which readers do not find the code.
const MARGIN: usize = 4;

/// A text as a QR code: the dark modules of each row as strips of an SVG path.
pub(super) fn draw(text: &str) -> Result<QrCode, Fault> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(Fault::new)?;
    let mut path = String::new();
    for row in 0..code.size {
        let modules = code.data.iter().skip(row * code.size).take(code.size).map(|module| module.value());
        // One light module past the end closes the last strip.
        let mut dark_since = None;
        for (column, is_dark) in modules.chain([false]).enumerate() {
            match (is_dark, dark_since) {
                (true, None) => dark_since = Some(column),
                (false, Some(since)) => {
                    path.push_str(&format!("M{} {}h{}v1h-{}z", since + MARGIN, row + MARGIN, column - since, column - since));
                    dark_since = None;
                }
                _ => {}
            }
        }
    }
    Ok(QrCode { side: u32::try_from(code.size + 2 * MARGIN).map_err(Fault::new)?, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_margin() {
        let qr = draw("otpauth://totp/Handled:ana%40example.com?secret=ABCDEFGH").expect("a code");
        // A finder pattern's first row is seven dark modules; one stands at the upper left, one at the upper right.
        assert!(qr.path.starts_with("M4 4h7v1h-7z"), "{}", qr.path);
        let right = qr.side as usize - MARGIN - 7;
        assert!(qr.path.contains(&format!("M{right} 4h7v1h-7z")), "{}", qr.path);
        let last = qr.side as usize - MARGIN - 1;
        assert!(qr.path.contains(&format!("M4 {last}h7v1h-7z")), "{}", qr.path);
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        assert!(draw(&"a".repeat(5_000)).is_err());
    }
}
