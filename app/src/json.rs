//! How server functions answer: as JSON, read from text.

use leptos::server_fn::codec::Post;
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::Bytes;

/// JSON that is read from text and not, as Leptos' own does, from bytes. A page that the browser takes over reads the same types from
/// text, and what reads them would be compiled, and sent, twice.
pub struct JsonText;

/// What server functions name as their output.
pub type Json = Post<JsonText>;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        // What is no text is no JSON either, and says so.
        serde_json::from_str(&String::from_utf8_lossy(&bytes))
    }
}
