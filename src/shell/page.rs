//! What the browser tells about the page and the network: freezes, the back/forward cache, sleep.

use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget, PageTransitionEvent};

use super::held::Anchor;
use super::pump::Shell;
use crate::core::io::{Input, PageEvent};

/// Listeners on the page, until dropped.
pub(crate) struct Page {
    /// Each target with the names of the events that are listened to.
    targets: Vec<(EventTarget, &'static [&'static str])>,
    listener: Closure<dyn FnMut(Event)>,
}

impl Page {
    /// Listens to what there is: in a worker that is less than in a window, in Node nothing.
    pub(crate) fn listen(shell: &Rc<Shell>) -> Self {
        let anchor = Anchor::new(shell);
        let listener = Closure::new(move |event: Event| {
            let shell = anchor.shell();
            if event.type_() == LEAVING {
                shell.flush_storage();
            } else if let Some(event) = page_event(&event) {
                if shell.clock.notice_sleep() {
                    shell.alarm.forget();
                }
                shell.handle(Input::Page(event));
            }
        });
        let global = JsValue::from(js_sys::global());
        let document = Reflect::get(&global, &"document".into()).unwrap_or_default();
        let targets = [(global, GLOBAL_EVENTS), (document, DOCUMENT_EVENTS)]
            .into_iter()
            .filter_map(|(target, names)| Some((target.dyn_into::<EventTarget>().ok()?, names)))
            .collect();
        let page = Self { targets, listener };
        page.for_each(|target, name, function| {
            // Throws for no event name.
            let _ = target.add_event_listener_with_callback(name, function);
        });
        page
    }

    fn for_each(&self, act: impl Fn(&EventTarget, &str, &js_sys::Function)) {
        for (target, names) in &self.targets {
            for name in *names {
                act(target, name, self.listener.as_ref().unchecked_ref());
            }
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.for_each(|target, name, function| {
            // Throws for no event name.
            let _ = target.remove_event_listener_with_callback(name, function);
        });
    }
}

/// Whether the page is hidden, which makes timers late.
pub(super) fn is_hidden() -> bool {
    let property = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let document = property(&js_sys::global(), "document").filter(JsValue::is_object);
    let hidden = document.and_then(|document| property(&document, "hidden"));
    hidden.is_some_and(|hidden| hidden.is_truthy())
}

fn page_event(event: &Event) -> Option<PageEvent> {
    match event.type_().as_str() {
        "online" => Some(PageEvent::Online),
        "offline" => Some(PageEvent::Offline),
        "resume" => Some(PageEvent::Resumed),
        // A page that is shown for the first time was not away.
        _ => event.dyn_ref::<PageTransitionEvent>()?.persisted().then_some(PageEvent::Resumed),
    }
}

/// The page may be about to go: nothing else tells of it in every case.
const LEAVING: &str = "pagehide";

const GLOBAL_EVENTS: &[&str] = &["online", "offline", "pageshow", LEAVING];
const DOCUMENT_EVENTS: &[&str] = &["resume"];
