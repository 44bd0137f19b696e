mod files;
mod rules;
