//! Giving days to a zone that has no row yet: a form below the others.

use icondata_lu as lu;
use leptos::html::Div;
use leptos::prelude::*;
use model::matrix::{UPS, services_of};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, HtmlInputElement};

use super::Editing;
use crate::components::command::{PLAIN_CLASS, Reply, command_form};
use crate::components::field::TextField;
use crate::components::icon::Icon;
use crate::components::page::Section;

/// The form. What was typed and refused stands in it again, where the browser was led back with it.
pub fn new_zone(Editing { reply, not_added, saved, query, .. }: Editing) -> AnyView {
    let typed = |name| query.with_untracked(|query| query.get("add").and_then(|_| query.get(name)).unwrap_or_default());
    let (zone, service, days) = (typed("add"), typed("service"), typed("days"));
    let services = services_of(UPS)
        .map(|known| {
            view! {
                <option value=known.code selected=known.code == service>
                    {known.name}
                </option>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    // The sentence stands above the form; the field that it is about is marked.
    let marked = move |name: &'static str| Signal::derive(move || not_added.get()?.of_field(name).map(|_| String::new()));
    let place = NodeRef::<Div>::new();
    let own = Reply {
        refused: not_added,
        answered: Callback::new(move |()| {
            let obeyed = not_added.with_untracked(Option::is_none);
            saved.set(place.get_untracked().filter(|_| obeyed).and_then(|place| taken(&place)));
            reply.answered.run(());
        }),
    };
    let content = view! {
        <div class="new-zone" node_ref=place>
            <div class="field">
                <label class="field-label" for="service">
                    "UPS service"
                </label>
                <select class="input" id="service" name="service">
                    {services}
                </select>
            </div>
            <TextField name="zone" label="Zone" value=zone help="Three digits, as on UPS's charts: 009" error=marked("zone") />
            <TextField
                name="days"
                label="Business days"
                kind="number"
                value=days
                optional=true
                help="Nothing for no estimate"
                error=marked("days")
            />
            <button type="submit" class=PLAIN_CLASS>
                <Icon icon=lu::LuPlus />
                "Add the zone"
            </button>
        </div>
    };
    view! {
        <Section id="new-zone" title="Another zone">
            <p class="section-purpose">
                "For a zone on UPS's charts that is not in the table. Until it is, Ground has no estimate there, and air services take the days of its first digit."
            </p>
            {own.banner()}
            {command_form(own, "/api/zone-days/add", None, false, content.into_any())}
        </Section>
    }
    .into_any()
}

/// Which zone was sent, as its row names it; leaves the fields empty for the next.
fn taken(place: &web_sys::HtmlDivElement) -> Option<String> {
    let form: HtmlFormElement = place.closest("form").ok()??.dyn_into().ok()?;
    let sent = FormData::new_with_form(&form).ok()?;
    let (service, zone) = (sent.get("service").as_string()?, sent.get("zone").as_string()?);
    let fields = place.query_selector_all("input").ok()?;
    for at in 0..fields.length() {
        if let Some(field) = fields.item(at).and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
            field.set_value("");
        }
    }
    Some(format!("{UPS} {service} {}", zone.trim()))
}
