//! What is no table at all.

use super::Cases;

/// The beginning of a picture: signature, a header of one pixel, data, end.
pub(super) const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\
    \x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

pub(super) fn add(cases: &mut Cases) {
    cases.add("empty.csv", "A file without a byte.", "");
    cases.add("empty.xlsx", "A workbook's name and no byte.", "");
    cases.add("blank.csv", "Line ends and blanks only.", "\r\n  \r\n\t\r\n");
    cases.add("mark-only.csv", "A byte order mark and nothing else.", b"\xef\xbb\xbf".as_slice());
    let page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>404 Not Found</title></head>\n<body><h1>Not Found</h1>\n\
                <p>The file that you asked for is not on this server.</p></body>\n</html>\n";
    cases.add("uszips-page.csv", "A web page that says that there is no such file.", page);
    cases.add("020.xls", "A web page that says that there is no such file, as a workbook.", page);
    cases.add(
        "021.xls",
        "A web page that asks to sign in, with a table that lays out its form.",
        "<html><head><title>Sign in</title></head><body><table><tr><td>User</td><td><input></td></tr>\
         <tr><td>Password</td><td><input></td></tr></table></body></html>",
    );
    cases.add(
        "denied.xml",
        "A store's refusal in XML.",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>\n",
    );
    cases.add(
        "uszips-pointer.csv",
        "A pointer of Git LFS in place of the file.",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 6338483\n",
    );
    cases.add("photo.png", "A picture.", PNG);
    cases.add("uszips-photo.csv", "A picture that is called a table.", PNG);
    cases.add("022.xlsx", "A picture that is called a workbook.", PNG);
    cases.add(
        "rates.pdf",
        "A document in PDF.",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n".as_slice(),
    );
    cases.add(
        "setup.exe",
        "A program.",
        [b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".as_slice(), &[0; 48], b"\x80\0\0\0", &[0; 200]].concat(),
    );
    cases.add(
        "noise.csv",
        "Bytes that are no text.",
        (0..4096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>(),
    );
    cases.add("zeros.csv", "Zero bytes, as a disk leaves them after a crash.", vec![0; 4096]);
    cases.add("data.json", "JSON.", "[{\"zip\": \"00601\", \"lat\": 18.18, \"lng\": -66.75}]\n");
    cases.add("notes.txt", "Prose.", "Hello,\n\nthe zone charts come tomorrow, as UPS has not sent them yet.\n\nBest wishes\n");
    cases.add("orders.csv", "A table of another sort.", "order,customer,placed\n1,Ash & Sons,2025-01-02\n2,Elder,2025-01-03\n");
    cases.add("numbers.csv", "A table of numbers without a header.", "1,2,3\n4,5,6\n7,8,9\n");
    cases.add("one-line.csv", "One line without an end.", "zip");
}
