/** A secret value in every dress that a program is likely to print it in. */
function dresses(value: string): string[] {
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    ...base64Dresses(value),
  ];
}

/** Base64 of the value on its own and inside a longer text, as in `user:password`: it depends on where it begins. */
function base64Dresses(value: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
    const whole = bytes.toString('base64').slice(offset === 0 ? 0 : offset + 1);
    const certain = bytes.length % 3 === 0 ? whole : whole.slice(0, -4);
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The keys whose values stand in the text, in any dress. */
export function leakedKeys(text: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values)
    .filter(([, value]) => dresses(value).some((dress) => dress.length >= 8 && text.includes(dress)))
    .map(([key]) => key);
}
