//! A storage of the application's own: it may throw, answer at once, late, twice, never, and
//! nonsense.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Array, Function, Reflect, TypeError};
use wasm_bindgen::prelude::*;

use super::GivenObject;
use super::teller::{Task, Teller, property, reason};

pub(super) struct Custom {
    object: GivenObject,
    teller: Teller,
    /// The requests without an answer, of those that must have exactly one.
    unanswered: RefCell<Vec<u32>>,
    requests: Cell<u32>,
    /// What callbacks are bound from. The garbage collector frees it: the application may keep
    /// callbacks, and call them, for longer than there is a storage.
    answer: Function,
}

/// One thing that the storage was asked to do.
struct Request<'a> {
    id: u32,
    task: Task,
    name: &'a str,
}

impl Custom {
    pub(super) fn new(object: GivenObject, teller: Teller) -> Rc<Self> {
        Rc::new_cyclic(|storage| Self {
            object,
            teller,
            unanswered: RefCell::default(),
            requests: Cell::new(0),
            answer: answer(Weak::clone(storage)),
        })
    }

    pub(super) fn get(&self, name: &str) {
        self.ask(Task::Load, name, &[name.into()]);
    }

    pub(super) fn set(&self, name: &str, version: i32, data: &JsValue) {
        self.ask(Task::Store, name, &[name.into(), version.into(), data.clone()]);
    }

    pub(super) fn delete(&self, name: &str) {
        self.ask(Task::Remove, name, &[name.into()]);
    }

    pub(super) fn reset(&self) {
        self.ask(Task::Clear, "", &[]);
    }

    fn ask(&self, task: Task, name: &str, arguments: &[JsValue]) {
        let id = self.requests.get().wrapping_add(1);
        self.requests.set(id);
        if has_answer(task) {
            self.unanswered.borrow_mut().push(id);
        }
        let request = Request { id, task, name };
        if let Err(error) = self.call(&request, arguments) {
            self.fail(&request, &reason(&error));
        }
    }

    fn call(&self, request: &Request<'_>, arguments: &[JsValue]) -> Result<(), JsValue> {
        let method = method(request.task);
        let object = (self.object)();
        let Ok(function) = Reflect::get(&object, &method.into())?.dyn_into::<Function>() else {
            let text = ["it has no method '", method, "'"].concat();
            return Err(TypeError::new(&text).into());
        };
        let arguments = arguments.iter().collect::<Array>();
        arguments.push(&self.callback(request, false)?);
        let result = function.apply(&object, &arguments)?;
        // One that is `async` does not throw.
        if let Some(then) = property(&result, "then").dyn_ref::<Function>() {
            then.call2(&result, &JsValue::UNDEFINED, &self.callback(request, true)?)?;
        }
        Ok(())
    }

    /// A function that answers `request`, or says that it failed.
    fn callback(&self, request: &Request<'_>, failed: bool) -> Result<JsValue, JsValue> {
        let bound = Array::of5(
            &JsValue::UNDEFINED,
            &request.id.into(),
            &method(request.task).into(),
            &request.name.into(),
            &failed.into(),
        );
        let bind = Reflect::get(&self.answer, &"bind".into())?;
        bind.unchecked_ref::<Function>().apply(&self.answer, &bound)
    }

    fn on_answer(&self, request: &Request<'_>, [first, second, third]: [&JsValue; 3]) {
        let name = request.name;
        let is_error = !first.is_null() && !first.is_undefined();
        match request.task {
            // The name that comes back is the one that went, or nonsense.
            Task::Load if self.take(request) => self.teller.tell_found(name, second, third),
            Task::Clear if !is_error && self.take(request) => self.teller.tell_reset(Ok(())),
            Task::Store | Task::Remove | Task::Clear if is_error => {
                self.fail(request, &reason(first));
            }
            Task::Load | Task::Store | Task::Remove | Task::Clear => {}
        }
    }

    fn fail(&self, request: &Request<'_>, why: &str) {
        if !has_answer(request.task) || self.take(request) {
            self.teller.tell_failed(request.task, request.name, why);
        } else {
            self.teller.tell(why);
        }
    }

    /// Whether the request waits for its answer, which is given to it now.
    fn take(&self, request: &Request<'_>) -> bool {
        let mut unanswered = self.unanswered.borrow_mut();
        // Most are answered in about the order in which they came.
        let at = unanswered.iter().position(|id| *id == request.id);
        at.map(|at| unanswered.remove(at)).is_some()
    }
}

/// The function that `bind` makes callbacks of: of the request come its number, its method, its name
/// and whether it failed, and then what the storage says.
fn answer(storage: Weak<Custom>) -> Function {
    type Answer = dyn Fn(u32, String, String, bool, JsValue, JsValue, JsValue);
    let answer = move |id, method: String, name: String, failed, first, second, third| {
        let (Some(storage), Some(task)) = (storage.upgrade(), task(&method)) else { return };
        let request = Request { id, task, name: &name };
        if failed {
            storage.fail(&request, &reason(&first));
        } else {
            storage.on_answer(&request, [&first, &second, &third]);
        }
    };
    // Not `FnMut`: an answer may lead to a request that is answered at once.
    Closure::<Answer>::new(answer).into_js_value().unchecked_into()
}

fn method(task: Task) -> &'static str {
    match task {
        Task::Load => "get",
        Task::Store => "set",
        Task::Remove => "delete",
        Task::Clear => "reset",
    }
}

fn task(name: &str) -> Option<Task> {
    let tasks = [Task::Load, Task::Store, Task::Remove, Task::Clear];
    tasks.into_iter().find(|task| method(*task) == name)
}

fn has_answer(task: Task) -> bool {
    matches!(task, Task::Load | Task::Clear)
}
