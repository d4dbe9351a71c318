import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import checkFile from "eslint-plugin-check-file";
import n from "eslint-plugin-n";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["**/dist", "coverage", "node_modules", ".data"] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "*.cjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    plugins: { "check-file": checkFile, n },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "@typescript-eslint/return-await": ["error", "always"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "check-file/filename-naming-convention": [
        "error",
        { "**/*.ts": "KEBAB_CASE" },
        { ignoreMiddleExtensions: true },
      ],
      "n/no-process-env": "error",
      "n/no-unsupported-features/node-builtins": [
        "error",
        // Work since 20.11, 20.15 and 17, though called experimental until 24, 22 and 24.
        {
          version: ">=20.19.0",
          ignores: [
            "import.meta.dirname",
            "import.meta.filename",
            "zlib.crc32",
            "stream.Writable.toWeb",
          ],
        },
      ],
      // Our objects are closures: none of their functions uses `this`.
      "@typescript-eslint/unbound-method": "off",
      "max-params": ["error", 3],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Only *-client.ts files talk to the network." },
      ],
    },
  },
  {
    files: [
      "src/**/*-client.ts",
      "public/**",
      "scripts/**",
      "bench/**",
      "packages/practice-lms/**",
    ],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "URL", property: "canParse", message: "Node 20 compiles it wrongly: readUrl()." },
      ],
    },
  },
  {
    // Mongoose schema literals.
    files: ["src/**/*-store.ts"],
    rules: { "@typescript-eslint/no-unsafe-class-instance-assignment": "off" },
  },
  {
    // A wire-protocol server works on values whose shape only the client knows,
    // and its operators take (value, operand, context, options).
    files: ["packages/embedded-mongo/**/*.ts"],
    rules: {
      "max-params": ["error", 4],
      complexity: ["error", 16],
      // It overflows the stack on the recursive type of BSON values.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
    },
  },
  {
    files: ["test/**/*.ts", "packages/*/test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // See above: bench/ meets the recursive type as well.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "max-lines": "off",
      "no-restricted-globals": "off",
    },
  },
  {
    // The only places that read the environment.
    files: [
      "src/main.ts",
      "scripts/**",
      "bench/**",
      "test/support/**",
      "packages/*/src/command.ts",
    ],
    rules: { "n/no-process-env": "off" },
  },
  {
    files: ["**/*.js", "**/*.cjs", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      "@typescript-eslint/no-require-imports": "off",
      "n/no-unsupported-features/node-builtins": "off",
      "no-undef": "off",
    },
  },
  prettier,
);
