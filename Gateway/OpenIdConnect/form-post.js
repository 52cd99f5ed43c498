// response_mode=form_post: back to the platform at once; the button is for a browser that held it back.
document.forms[0].submit();
