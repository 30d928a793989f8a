/** What a bystander's phone calls its picture; the pages of staff say it in the language of whoever looks. */
export const PHONE_LABEL = 'Phone';
