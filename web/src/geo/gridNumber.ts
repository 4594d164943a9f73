/**
 * A short number for each grid, to be read from far away, made from the codes.
 *
 * Codes of 15 digits end in community (3) and sequence (3): "370203035003003" is grid 3 of
 * community 3, "3-3", or just "3" when all grids lie in one community. Other codes lose what
 * all of them begin with, and leading zeros: "3701" … "3716" are 1 … 16. Pure.
 */

const STANDARD = /^\d{9}(\d{3})(\d{3})$/;

/** The short number for each code; the whole code where shorter ones would not differ. */
export function gridNumbers(codes: readonly string[]): Map<string, string> {
  const short = standardNumbers(codes) ?? withoutCommonPrefix(codes);
  const differ = new Set(short).size === new Set(codes).size;
  return new Map(codes.map((code, i) => [code, differ ? (short[i] ?? code) : code]));
}

function standardNumbers(codes: readonly string[]): string[] | null {
  const parts = codes.map(code => STANDARD.exec(code));
  if (parts.length === 0 || parts.some(part => !part)) return null;
  const communities = new Set(codes.map(code => code.slice(0, 12)));
  return parts.map(part => {
    const [community, sequence] = [Number(part?.[1]), Number(part?.[2])];
    return communities.size === 1 ? String(sequence) : `${community}-${sequence}`;
  });
}

function withoutCommonPrefix(codes: readonly string[]): string[] {
  const start = prefixToDrop(codes);
  return codes.map(code => code.slice(start).replace(/^[-_.\s]*0*(?=\w)/, ''));
}

/** At least two characters stay, and "A10" … "A19" keep their whole number. */
function prefixToDrop(codes: readonly string[]): number {
  const [first = ''] = codes;
  let common = codes.length < 2 ? 0 : first.length;
  for (const code of codes) {
    common = Math.min(common, Math.max(code.length - 2, 0));
    while (!code.startsWith(first.slice(0, common))) common--;
  }
  const allDigits = codes.every(code => /^\d+$/.test(code));
  return allDigits ? common : first.slice(0, common).replace(/\d+$/, '').length;
}
