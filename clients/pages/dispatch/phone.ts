/** Telephone numbers in groups, for reading aloud. Pure; how a pasted one is understood stands in the contract. */

export function formatPhone(number: string): string {
  const china = /^\+86(\d{3})(\d{4})(\d{4})$/.exec(number);
  if (china !== null) return `+86 ${china.slice(1).join(' ')}`;
  const america = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (america !== null) return `+1 ${america.slice(1).join(' ')}`;
  return `${number.slice(0, 3)} ${number.slice(3).replace(/(\d{3})(?=\d{2})/g, '$1 ')}`;
}
