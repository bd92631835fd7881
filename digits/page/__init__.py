"""The page: what the visitor sees, in their language, put together with Gradio."""
