//~ mistake: a handler is a method of a plain impl block
//~ thing: self | method
//~ way: #[routes | #[highball::routes
use highball::prelude::*;

struct Library {
    books: Vec<String>,
}

impl Library {
    //~^ here
    #[get("/books")] //~ here
    async fn books(&self) -> Json<Vec<String>> {
        //~^ here
        Json(self.books.clone())
    }
}

fn main() {
    let library = Library {
        books: vec!["Emma".to_owned()],
    };
    println!("{} books", library.books.len());
}
