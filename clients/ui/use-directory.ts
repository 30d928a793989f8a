/** The directory, read once per dialog; undefined until it is there or when it cannot be read. */
import { useEffect, useState } from 'preact/hooks';
import { type Directory, readDirectory } from './directory.ts';

export function useDirectory(): Directory | undefined {
  const [directory, setDirectory] = useState<Directory>();
  useEffect(() => {
    let wanted = true;
    readDirectory().then(
      (read) => {
        if (wanted) setDirectory(read);
      },
      // Without it the dialog still works for the person's own organisation.
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  return directory;
}
