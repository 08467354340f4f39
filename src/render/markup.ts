/** Text that is markup already: only the template below makes it, so that nothing from a cluster gets there unescaped. */
export class Markup {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** For what c2l itself wrote, such as a style sheet. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

type Piece = string | number | Markup | readonly Piece[] | undefined;

/** XML or HTML in which every interpolated text is escaped; lists are joined, and undefined leaves nothing. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return Markup.trusted(
    parts.map((part, index) => part + (index < pieces.length ? pieceText(pieces[index]) : '')).join(''),
  );
}

function pieceText(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(pieceText).join('');
  return escaped(String(piece));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What XML 1.0 cannot hold in any spelling: control characters, halves of pairs, two code points. */
const impossible =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(text: string): string {
  return text.replace(impossible, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
