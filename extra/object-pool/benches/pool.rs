//! A pool next to making each object.
//!
//! ```sh
//! cargo bench -p highball-object-pool
//! ```
//!
//! Each benchmark uses an object a little, as a request does. `docs/how-to/object-pools.md` has the ratios.

use std::{hint::black_box, io::Write, sync::Barrier, thread};

use divan::Bencher;
use flate2::{Compress, Compression, FlushCompress};
use highball_object_pool::ObjectPool;
use minijinja::{Environment, context};

fn main() {
    divan::main();
}

const TEXT: &[u8] =
    b"A line of text that is compressed, and that is as long as a short JSON document may be.";

fn deflater() -> Compress {
    Compress::new(Compression::default(), true)
}

fn deflate(deflater: &mut Compress) {
    let mut output = [0; 256];
    let status = deflater.compress(black_box(TEXT), &mut output, FlushCompress::Finish);
    black_box((status.is_ok(), output));
}

fn templates() -> Environment<'static> {
    let mut templates = Environment::new();
    for idx in 0..20 {
        let source =
            "<h1>{{ title|upper }}</h1>{% for item in items %}<p>{{ item }}</p>{% endfor %}";
        let name = format!("page{idx}.html");
        templates
            .add_template_owned(name, source)
            .expect("the template is valid");
    }
    templates
}

fn render(templates: &Environment<'_>) {
    let template = templates.get_template("page7.html").expect("it exists");
    let page = template.render(context! { title => "Title", items => [1, 2, 3] });
    black_box(page.is_ok());
}

fn write(mut buffer: impl Write) {
    buffer.write_all(black_box(TEXT)).expect("memory");
    black_box(buffer.flush().is_ok());
}

mod deflate_context {
    use super::*;

    #[divan::bench]
    fn made(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| deflate(&mut deflater()));
    }

    #[divan::bench]
    fn pooled(bencher: Bencher<'_, '_>) {
        let pool = ObjectPool::builder(4, deflater)
            .reset(|deflater| {
                deflater.reset();
                true
            })
            .build();
        drop(pool.try_take());
        bencher.bench_local(|| deflate(&mut pool.try_take().expect("one is free")));
    }
}

mod twenty_templates {
    use super::*;

    #[divan::bench(sample_size = 20)]
    fn made(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| render(&templates()));
    }

    #[divan::bench(sample_size = 20)]
    fn pooled(bencher: Bencher<'_, '_>) {
        let pool = ObjectPool::new(4, templates);
        drop(pool.try_take());
        bencher.bench_local(|| render(&pool.try_take().expect("one is free")));
    }

    /// Rendering needs no exclusive access, so no pool.
    #[divan::bench(sample_size = 20)]
    fn shared(bencher: Bencher<'_, '_>) {
        let templates = templates();
        bencher.bench_local(|| render(&templates));
    }
}

mod buffer_of_4_kib {
    use super::*;

    #[divan::bench(sample_size = 1000)]
    fn made(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| write(&mut Vec::with_capacity(4096)));
    }

    #[divan::bench(sample_size = 1000)]
    fn pooled(bencher: Bencher<'_, '_>) {
        let pool = buffers(4096);
        bencher.bench_local(|| write(&mut *pool.try_take().expect("one is free")));
    }
}

mod filled_buffer_of_1_mib {
    use super::*;

    #[divan::bench(sample_size = 50)]
    fn made(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| {
            black_box(vec![black_box(1_u8); 1 << 20]);
        });
    }

    #[divan::bench(sample_size = 50)]
    fn pooled(bencher: Bencher<'_, '_>) {
        let pool = ObjectPool::new(4, || vec![1_u8; 1 << 20]);
        drop(pool.try_take());
        bencher.bench_local(|| {
            black_box(&mut *pool.try_take().expect("one is free"));
        });
    }
}

mod short_string {
    use super::*;

    #[divan::bench(sample_size = 1000)]
    fn made(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| black_box(String::with_capacity(64)).push_str(black_box("text")));
    }

    #[divan::bench(sample_size = 1000)]
    fn pooled(bencher: Bencher<'_, '_>) {
        let pool = ObjectPool::builder(4, || String::with_capacity(64))
            .reset(|text| {
                text.clear();
                true
            })
            .build();
        let take = || pool.try_take().expect("one is free");
        bencher.bench_local(|| black_box(take()).push_str(black_box("text")));
    }
}

fn buffers(capacity: usize) -> ObjectPool<Vec<u8>> {
    ObjectPool::builder(4, move || Vec::with_capacity(capacity))
        .reset(|buffer| {
            buffer.clear();
            true
        })
        .build()
}

/// A take and a return, on one thread and while another thread does the same.
mod take_and_return {
    use super::*;

    #[divan::bench(args = [1, 2])]
    fn threads(bencher: Bencher<'_, '_>, threads: usize) {
        let pool = ObjectPool::new(4, || ());
        bencher.bench_local(|| on_threads(threads, &pool, 10_000));
    }
}

fn on_threads(threads: usize, pool: &ObjectPool<()>, count: usize) {
    let begin = Barrier::new(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                begin.wait();
                for _ in 0..count {
                    drop(pool.try_take().expect("one is free"));
                }
            });
        }
    });
}
