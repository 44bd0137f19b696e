//! Making a part of the page like what the server has drawn since, in its own elements: what has the focus keeps it, what is scrolled or
//! open stays so, and who has the page read out is not sent back to its beginning.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// What a reader has opened is theirs: the server always draws it closed.
const READERS_OWN: &str = "open";

/// Makes the content of an element like this HTML. Browser only.
pub fn renew(shown: &Element, drawn: &str) {
    // Never in the document: only to be read.
    let Some(Ok(made)) = shown.owner_document().map(|document| document.create_element("div")) else { return };
    made.set_inner_html(drawn);
    renew_children(shown, &made);
}

/// Child by child: the server draws the same things in the same order, as long as it is the same server.
fn renew_children(shown: &Node, made: &Node) {
    let (old, new) = (children(shown), children(made));
    for (old, new) in old.iter().zip(&new) {
        match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
            (Some(old), Some(new)) if old.tag_name() == new.tag_name() => {
                renew_attributes(old, new);
                renew_children(old, new);
            }
            _ if old.is_equal_node(Some(new)) => {}
            _ => _ = shown.replace_child(new, old),
        }
    }
    for surplus in old.iter().skip(new.len()) {
        _ = shown.remove_child(surplus);
    }
    for more in new.iter().skip(old.len()) {
        _ = shown.append_child(more);
    }
}

fn renew_attributes(shown: &Element, made: &Element) {
    for name in names(shown).iter().filter(|name| *name != READERS_OWN && !made.has_attribute(name)) {
        _ = shown.remove_attribute(name);
    }
    for name in names(made) {
        let value = made.get_attribute(&name).unwrap_or_default();
        if shown.get_attribute(&name).as_ref() != Some(&value) {
            _ = shown.set_attribute(&name, &value);
        }
    }
}

fn names(element: &Element) -> Vec<String> {
    element.get_attribute_names().iter().filter_map(|name| name.as_string()).collect()
}

/// The children as they are now: the browser's own list changes with them.
fn children(node: &Node) -> Vec<Node> {
    let list = node.child_nodes();
    (0..list.length()).filter_map(|place| list.item(place)).collect()
}
