// Writes `parameters.json` (what each route accepts, used at run time) and `objects.json` (what it answers, used by the tests)
// from the declarations of the installed SDK, so that neither can drift from the pinned API version.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript5'
import { routes } from './routes.ts'
import type { Schema, SchemaTable } from './schema.ts'

const resourcesDir = fileURLToPath(new URL('../../node_modules/stripe/cjs/resources/', import.meta.url))
const declarations = readdirSync(resourcesDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'))
const program = ts.createProgram(
  declarations.map((name) => join(resourcesDir, name)),
  { strict: true, skipLibCheck: true, noEmit: true, types: [], target: ts.ScriptTarget.ES2022 },
)
const checker = program.getTypeChecker()

interface Method {
  params: ts.Type | undefined
  result: ts.Type
}

const methods = new Map<string, Method>()
for (const name of declarations) collectMethods(name)

const parameterTable: SchemaTable = { routes: {}, definitions: {} }
const objectTable: SchemaTable = { routes: {}, definitions: {} }
for (const route of routes) {
  const method = methods.get(route)
  if (method === undefined) throw new Error(`the SDK has no method for ${route}`)
  parameterTable.routes[route] = method.params === undefined ? {} : schemaOf(method.params, parameterTable, 'params')
  objectTable.routes[route] = schemaOf(method.result, objectTable, 'result')
}
collectEvents()
write('parameters.json', parameterTable)
write('objects.json', objectTable)

function write(name: string, table: SchemaTable): void {
  const path = fileURLToPath(new URL(name, import.meta.url))
  writeFileSync(path, JSON.stringify(table))
  console.log(`${name}: ${Object.keys(table.routes).length} routes, ${Object.keys(table.definitions).length} definitions`)
}

/** Pairs each method's address (only in the compiled code) with its parameter and result types (only in the declarations). */
function collectMethods(name: string): void {
  const compiled = readFileSync(join(resourcesDir, name.replace(/\.d\.ts$/, '.js')), 'utf8')
  const addresses = new Map<string, string>()
  for (const match of compiled.matchAll(/^ {4}(\w+)\([^)]*\) \{\n\s*return this\._makeRequest\('(\w+)', ['`]([^'`]+)['`]/gm)) {
    addresses.set(match[1] ?? '', `${match[2]} ${(match[3] ?? '').replaceAll(/\$\{[^}]*\}/g, '{id}')}`)
  }
  const source = program.getSourceFile(join(resourcesDir, name))
  source?.forEachChild((node) => {
    if (!ts.isClassDeclaration(node)) return
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member) || !ts.isIdentifier(member.name)) continue
      const address = addresses.get(member.name.text)
      const signature = checker.getSignatureFromDeclaration(member)
      if (address === undefined || signature === undefined) continue
      const params = member.parameters.find((parameter) => parameter.name.getText() === 'params')
      methods.set(address, {
        params: params && checker.getNonNullableType(checker.getTypeAtLocation(params)),
        result: resultType(checker.getReturnTypeOfSignature(signature)),
      })
    }
  })
}

/** `ApiListPromise<X>` and `Promise<Response<X>>` both become `X`; the list frame itself is checked by hand-written rules. */
function resultType(type: ts.Type): ts.Type {
  const argument = type.aliasTypeArguments?.[0] ?? checker.getTypeArguments(type as ts.TypeReference)[0]
  if (argument === undefined) throw new Error(`no result type in ${checker.typeToString(type)}`)
  return argument.aliasSymbol?.name === 'Response' ? (argument.aliasTypeArguments?.[0] ?? argument) : argument
}

/** Every event name Stripe knows: the values `enabled_events` may hold. */
function collectEvents(): void {
  const source = program.getSourceFile(join(resourcesDir, 'Events.d.ts'))
  parameterTable.events = []
  source?.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node)) return
    for (const member of node.members) {
      if (!ts.isPropertySignature(member) || member.name.getText() !== 'type' || member.type === undefined) continue
      if (ts.isLiteralTypeNode(member.type) && ts.isStringLiteral(member.type.literal))
        parameterTable.events?.push(member.type.literal.text)
    }
  })
}

function eventBase(): ts.Type {
  const symbol = checker.getSymbolAtLocation(
    program.getSourceFile(join(resourcesDir, 'Events.d.ts')) ?? (program.getSourceFiles()[0] as ts.SourceFile),
  )
  const base = symbol && checker.getExportsOfModule(symbol).find((entry) => entry.name === 'EventBase')
  if (base === undefined) throw new Error('the SDK declares no EventBase')
  return checker.getDeclaredTypeOfSymbol(base)
}

function schemaOf(type: ts.Type, table: SchemaTable, where: 'params' | 'result'): Schema {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return '*'
  if (type.flags & ts.TypeFlags.Null) return 'null'
  if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean'
  if (type.isStringLiteral()) return { enum: [type.value] }
  if (type.isNumberLiteral()) return { enum: [String(type.value)] }
  if (type.flags & ts.TypeFlags.StringLike) return 'string'
  if (type.flags & ts.TypeFlags.NumberLike) return 'number'
  if (type.isUnion()) return unionOf(type, table, where)
  // OtherString, `string & Record<never, never>`: an open enum's tail. The table keeps only the known values.
  if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.String)) return 'open'
  if (type.symbol?.name === 'Decimal' || type.aliasSymbol?.name === 'Decimal') return 'decimal'
  if (type.symbol?.name === 'Date') return 'number'
  if (checker.isArrayType(type))
    return { array: schemaOf(checker.getTypeArguments(type as ts.TypeReference)[0] ?? type, table, where) }
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String)
  if (index !== undefined && type.getProperties().length === 0) return { map: schemaOf(index.type, table, where) }
  // `{}` and other types without a name say nothing about their fields.
  if (type.aliasSymbol === undefined && type.symbol === undefined) return '*'
  return objectOf(type, table, where)
}

function unionOf(type: ts.UnionType, table: SchemaTable, where: 'params' | 'result'): Schema {
  // All 275 events: the frame they share is what a reader needs; `data.object` has its own table.
  if (type.aliasSymbol?.name === 'Event') return schemaOf(eventBase(), table, where)
  // An id that can be expanded: the object behind it is another table's business (and would pull in the whole API).
  const plain = type.types.some((part) => (part.flags & ts.TypeFlags.String) !== 0)
  const parts = plain && where === 'result' ? type.types.filter((part) => !(part.flags & ts.TypeFlags.Object)) : type.types
  const schemas = parts.filter((part) => !(part.flags & ts.TypeFlags.Undefined)).map((part) => schemaOf(part, table, where))
  const values = schemas.flatMap((schema) =>
    typeof schema === 'object' && 'enum' in schema && Array.isArray(schema.enum) ? schema.enum : [],
  )
  const others = schemas.filter(
    (schema) => !(typeof schema === 'object' && 'enum' in schema && Array.isArray(schema.enum)) && schema !== 'open',
  )
  const distinct = [...new Map(others.map((schema) => [JSON.stringify(schema), schema])).values()]
  // Sorted: the compiler's own order depends on what it happened to see first.
  distinct.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (values.length > 0) distinct.unshift({ enum: values.sort() })
  const [only] = distinct
  return distinct.length === 1 && only !== undefined ? only : { anyOf: distinct }
}

function objectOf(type: ts.Type, table: SchemaTable, where: 'params' | 'result'): Schema {
  const name = definitionName(type)
  if (table.definitions[name] === undefined) {
    const fields: Record<string, Schema> = {}
    table.definitions[name] = fields // before the fields: a type may contain itself
    for (const property of type.getProperties()) {
      const declaration = property.valueDeclaration ?? property.declarations?.[0]
      const propertyType = checker.getTypeOfSymbol(property)
      if (declaration === undefined || property.name.startsWith('__')) continue
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0
      fields[optional ? `${property.name}?` : property.name] = schemaOf(
        optional ? withoutUndefined(propertyType) : propertyType,
        table,
        where,
      )
    }
  }
  return { ref: name }
}

function withoutUndefined(type: ts.Type): ts.Type {
  return checker.getNonNullableType(type) === type ||
    !type.isUnion() ||
    !type.types.some((part) => part.flags & ts.TypeFlags.Null)
    ? checker.getNonNullableType(type)
    : type
}

function definitionName(type: ts.Type): string {
  const symbol = type.aliasSymbol ?? type.symbol
  const file = (symbol.declarations?.[0]?.getSourceFile().fileName ?? '')
    .replace(/^.*\/(cjs|resources)\//, '')
    .replace(/\.d\.ts$/, '')
  const path = checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '')
  const generic = checker.typeToString(type).includes('<') ? `<${checker.typeToString(type)}>` : ''
  const anonymous = path.startsWith('__') ? `#${symbol.declarations?.[0]?.getStart() ?? 0}` : ''
  return `${file}:${path}${anonymous}${generic}`
}
