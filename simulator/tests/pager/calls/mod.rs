mod bodies;
mod create;
mod labels;
mod life;
mod people;
mod reads;
mod removal;
mod texts;
