/** A password: the present one for the browser to fill in, or a new one for it to propose. */
import type { ComponentProps, JSX } from 'preact';
import { TextField } from '../../ui/fields.tsx';

export function PasswordField(
  props: Omit<ComponentProps<typeof TextField>, 'class' | 'kind'> & { readonly chosen?: boolean },
): JSX.Element {
  const { chosen, attributes, ...rest } = props;
  return (
    <TextField
      {...rest}
      kind="password"
      attributes={{
        autocomplete: chosen === true ? 'new-password' : 'current-password',
        required: true,
        maxLength: 256,
        ...attributes,
      }}
    />
  );
}
