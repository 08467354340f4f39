/** Whether a request, as a proxy tells it, writes a line of a drill's journal; results and copies lie beside it. */
export function isJournalLine(request: string): boolean {
  return /^PATCH \/api\/v1\/namespaces\/[^/]+\/secrets\/c2l-drill-\d{8}t\d+z(\?|$)/.test(request);
}
