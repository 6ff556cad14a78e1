module.exports = { timeout: 60_000, reporter: './scripts/reporter.cjs', color: false };
