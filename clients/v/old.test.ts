import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';

/** Every kind of node that a program of ECMAScript 5 is made of (ESTree, es5.md). */
const ES5 = new Set(
  [
    'Program ExpressionStatement BlockStatement EmptyStatement ReturnStatement IfStatement SwitchStatement SwitchCase',
  ]
    .concat(
      'ThrowStatement TryStatement CatchClause WhileStatement ForStatement ForInStatement BreakStatement',
    )
    .concat(
      'FunctionDeclaration VariableDeclaration VariableDeclarator ThisExpression ArrayExpression Property',
    )
    .concat(
      'ObjectExpression FunctionExpression UnaryExpression UpdateExpression BinaryExpression Identifier Literal',
    )
    .concat(
      'AssignmentExpression LogicalExpression MemberExpression ConditionalExpression CallExpression NewExpression',
    )
    .flatMap((line) => line.split(' ')),
);
const source = readFileSync(join(import.meta.dirname, 'public', 'old.js'), 'utf8');

/** What of a tree is newer than ECMAScript 5. */
function newer(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) for (const each of node) newer(each, found);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return found;
  if ('type' in node && typeof node.type === 'string' && !ES5.has(node.type)) found.push(node.type);
  if ('kind' in node && (node.kind === 'let' || node.kind === 'const')) found.push(node.kind);
  if ('shorthand' in node && node.shorthand === true) found.push('shorthand');
  if ('optional' in node && node.optional === true) found.push('optional');
  if ('param' in node && node.param === null) found.push('catch without a parameter');
  for (const value of Object.values(node)) newer(value, found);
  return found;
}

describe('The script for old engines', () => {
  it('is read by engines that know ECMAScript 5 alone', () => {
    assert.deepEqual(newer(parseAst(source)), []);
    assert.deepEqual(source.match(/,\s*\)/g), null);
  });

  it('is judged by a test that can fail', () => {
    assert.deepEqual(
      newer(parseAst('const a = (b) => `x`;')).sort(),
      ['ArrowFunctionExpression', 'TemplateLiteral', 'TemplateElement', 'const'].sort(),
    );
  });
});
