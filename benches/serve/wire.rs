//! Just enough HTTP/1.1 to tell where a message ends. Reads what hyper writes: names in lower case, no chunks.

/// How many bytes the first message in `bytes` has, head and body; `None` if not all of it is there.
pub(crate) fn message_length(bytes: &[u8]) -> Option<usize> {
    let head = find(bytes, b"\r\n\r\n")? + 4;
    let length = head + content_length(bytes.get(..head)?);
    (bytes.len() >= length).then_some(length)
}

/// What stands in `content-length`; 0 where there is none.
fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"\r\ncontent-length: ";
    let Some(start) = find(head, NAME) else { return 0 };
    let digits = head.iter().skip(start + NAME.len()).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
