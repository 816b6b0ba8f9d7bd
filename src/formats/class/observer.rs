//! An observer: it learns what a method does with values, once they are settled.

use super::call_site::CallSite;
use super::frame::Frame;
use super::value::Value;

pub(super) trait Observer {
    fn called(&mut self, at: u32, call: &CallSite<'_>, receiver: &Value, args: &[Value], frame: &Frame);
    fn field_stored(&mut self, at: u32, field: &str, receiver: &Value, value: &Value, frame: &Frame);
    fn local_stored(&mut self, at: u32, slot: u16, next: usize, value: &Value, frame: &Frame);
    fn returned(&mut self, at: u32, value: &Value, frame: &Frame);
    /// A value is put behind a text.
    fn joined(&mut self, at: u32, before: &str, value: &Value, frame: &Frame);
    /// A text that no constant shows whole was put together.
    fn composed(&mut self, at: u32, value: &Value);
}
