import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", ".platform/"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts", "**/*.mts"],
    plugins: { jsdoc },
    rules: {
      "jsdoc/require-description-complete-sentence": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "Literal[value=/^arn:aws:/]",
          message: "Partitions exist (aws-cn, aws-us-gov): take the partition from the environment.",
        },
      ],
    },
  },
  {
    files: ["cli/**", "bench/**", "components/core/platform-function/bundle.ts", "test/**", "examples/**"],
    rules: { "no-console": "off" },
  },
  { files: ["test/**", "local/**"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["**/*.cjs", "cli/bin/*.js", "tools/*.js", "policies/engine.js", "bench/cdk/app.js"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
