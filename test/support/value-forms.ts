/** The values of which some form stands in a text. */
export function leaksIn(text: string, values: Iterable<string>): string[] {
  return [...values].filter((value) => [...formsOf(value)].some((form) => text.includes(form)));
}

const known = new Map<string, ReadonlySet<string>>();

/** A value in every form in which it could stand in a text, each once: of a plain word most are alike. */
function formsOf(value: string): ReadonlySet<string> {
  const forms = known.get(value) ?? new Set(allForms(value));
  known.set(value, forms);
  return forms;
}

function allForms(value: string): string[] {
  const lines = value.split('\n');
  const endings = new Set([value, lines.join('\r\n'), lines.join('\r'), [...lines].reverse().join('\n')]);
  // Whatever is put around the lines of a value, as YAML does with its block texts, a line stays what it is.
  const whole = [...endings, ...lines.filter(({ length }) => length >= 16)];
  return whole.flatMap((text) => [
    text,
    ...base64Forms(text),
    Buffer.from(text).toString('hex'),
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    jsonEscaped(text),
    jsonEscaped(jsonEscaped(text)),
    asciiJson(text),
  ]);
}

/** Base64 of a longer text that holds the value: what stands before it decides which of three forms its middle has. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const first = before === 0 ? 0 : 4;
    const sure = Math.floor(bytes.length / 3) * 4;
    return [bytes.toString('base64').slice(first, sure), bytes.toString('base64url').slice(first, sure)];
  });
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function asciiJson(text: string): string {
  return jsonEscaped(text).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
