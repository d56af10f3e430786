import type { Invoice, InvoiceLine } from '../core/wire.ts'
import { money } from './layout.ts'

/** An invoice as a PDF of one page, by hand: a font every reader has, one line of text per line of the invoice (ISO 32000-1, 7.5). */
export function invoicePdf(invoice: Invoice, lines: readonly InvoiceLine[]): Buffer {
  const rows = [
    `Invoice ${invoice.number ?? '(draft)'}, ${invoice.status ?? ''}`,
    `${invoice.customer_name ?? ''} ${invoice.customer_email ?? ''}`,
    ...lines.slice(0, 40).map((line) => `${line.description ?? ''}: ${money(line.amount, line.currency)}`),
    `Total: ${money(invoice.total, invoice.currency)}`,
  ]
  const text = `BT /F1 12 Tf 50 790 Td 16 TL ${rows.map((row) => `(${escaped(row)}) Tj T*`).join(' ')} ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ]
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = body.length
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
  return Buffer.from(`${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${end}`, 'latin1')
}

/** Latin-1 without what PDF strings give a meaning to. */
function escaped(row: string): string {
  return row.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?').replaceAll(/[\\()]/g, '\\$&')
}
