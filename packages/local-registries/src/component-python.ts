import type { Found } from './component.ts';
import { memoize, output, program } from './component-programs.ts';

const PYTHON_MODULES = [
  'packaging',
  'yaml',
  'pip',
  'build',
  'twine',
  'pypiserver',
  'passlib',
] as const;
type PythonModule = (typeof PYTHON_MODULES)[number];

/** The names of the Python program. */
export const pythonNames = ['python3', 'python'] as const;

/**
 * Returns the modules of `PYTHON_MODULES` that the first Python on PATH can import, by one process.
 */
const pythonModules: () => ReadonlySet<string> = memoize(() => {
  const python = program(...pythonNames)?.path;
  if (python === undefined) return new Set();
  // Otherwise Python would import a folder called build in the working directory.
  const script =
    'import importlib.util, sys; sys.path.remove(""); print("\\n".join(m for m in sys.argv[1:] if importlib.util.find_spec(m)))';
  return new Set(output(python, ['-c', script, ...PYTHON_MODULES]).split(/\s+/));
});

/** Finds a module that the first Python on PATH can import. */
export function pythonModule(name: PythonModule): Found {
  const python = program(...pythonNames)?.path;
  return python !== undefined && pythonModules().has(name)
    ? { path: python, command: [python, '-m', name] }
    : undefined;
}

/** Finds pypiserver, as a module or as a program of its own environment. */
export function pypiserver(): Found {
  // Without passlib pypiserver starts but cannot read the password file.
  if (pythonModules().has('passlib')) return pythonModule('pypiserver') ?? program('pypi-server');
  return pythonModules().has('pypiserver') ? undefined : program('pypi-server');
}
