//! What runs in the browser: it takes over the page that the server has rendered.

/// Makes the server's page live. The page's own script calls this once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    app::report_panics();
    leptos::mount::hydrate_body(app::App);
}
