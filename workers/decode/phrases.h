/* The phrases of chrome.c, folded as by chars_key. Sorted by nothing: each table is searched by its first byte. */
#ifndef COPYTASTER_WORKERS_DECODE_PHRASES_H
#define COPYTASTER_WORKERS_DECODE_PHRASES_H

/* The whole line. */
static const char *const furniture_lines[] = {
	"about", "about us", "about the author", "accept", "ad", "ads", "ad feedback", "add a comment", "advert", "advertise", "advertise with us",
	"advertisement", "advertising", "archive", "archives", "article", "back", "back to top", "bookmark", "breaking news", "business", "cancel",
	"careers", "categories", "close", "comment", "contact", "contact us", "continue", "cookie policy", "cookies", "copy link", "culture",
	"disclaimer", "download", "e paper", "email", "email address", "email this", "entertainment", "facebook", "facebook twitter", "faq", "feedback",
	"font size", "gallery", "google", "help", "home", "image", "image caption", "image copyright", "image source", "in depth", "instagram", "jobs",
	"latest", "latest news", "lifestyle", "like", "linkedin", "listen", "live", "load more", "loading", "log in", "login", "media", "media caption",
	"menu", "middle east", "more", "more news", "more on this story", "more stories", "my account", "new comment", "news", "newsletter", "newsletters",
	"next", "next article", "next page", "no comments", "no thanks", "ok", "open", "opinion", "pause", "photo gallery", "photos", "pinterest", "play",
	"play video", "politics", "previous", "previous article", "previous page", "print", "print this", "promoted content", "quick links", "read",
	"read also", "reddit", "register", "remove ads", "reply", "report this", "rss", "save", "search", "see all", "see more", "share", "share article",
	"share on facebook", "share on twitter", "share this", "share this article", "shares", "shop", "show more", "sign in", "sign up",
	"site map", "sitemap", "skip", "skip ad", "skip navigation", "skip to content", "skip to main content", "slideshow", "special offers", "sponsored",
	"sponsored content", "sport", "sports", "story continues", "story continues below", "submit", "subscribe", "subscribe now", "tags", "technology",
	"text size", "toggle navigation", "top", "top news", "top stories", "trending now", "tweet", "twitter", "uncategorized", "video", "videos", "view all",
	"view comments", "view gallery", "views", "weather", "whatsapp", "world", "world news", "you are here", "your email", "your name", "youtube",
};

/* Behind articles; also with more words on the line. */
static const char *const closing_starts[] = {
	"also read", "be the first to comment", "browse our", "comments are closed", "comments are off", "comments are turned off", "comments closed",
	"comments have been closed", "comments section", "editors picks", "from around the web", "from the web", "join the conversation", "join the discussion",
	"keep reading", "latest stories", "leave a comment", "leave a reply", "like this", "more from", "most popular", "most read", "most viewed",
	"most watched", "must read", "must reads", "next post", "notify me of", "%d bloggers like this", "other news", "our other", "popular news", "popular posts",
	"popular stories", "post a comment", "post navigation", "posted in", "previous post", "recent articles", "recent comments", "recent news",
	"recent posts", "recommended", "recommended for you", "related", "related articles", "related content", "related coverage", "related items",
	"related links", "related news", "related posts", "related stories", "related topics", "related video", "related videos", "this will delete your",
	"trending", "what others are", "write a comment", "you may also like", "you might also like", "you may like", "your comment", "your email address will",
	"read more", "read next", "read the rest here", "read the full", "see also", "bloggers like this", "required fields are marked",
};

/* A line that begins so is furniture, also when it is a whole sentence. */
static const char *const furniture_starts[] = {
	"all rights reserved", "article continues below", "by clicking", "by continuing to", "click here", "click to", "click the", "copyright",
	"copyright notice", "create an account", "disclaimer the views", "download our app", "download the app", "email us at", "enter your email",
	"follow us on", "get our free", "get the latest news delivered", "have your say on", "if you would like to subscribe", "like us on facebook",
	"please enable javascript", "please log in", "please register", "please wait", "powered by", "privacy policy", "republished with permission",
	"reproduction in whole", "share this on", "sign up for", "sign up to", "skip to", "story continues below", "subscribe to our", "terms and conditions",
	"terms of service", "terms of use", "text size", "the views expressed in this", "this article was originally published", "this article first appeared",
	"this content is", "this material may not be", "this site uses", "this website uses", "to view this video", "update your browser", "use of this site",
	"visit our", "we use cookies", "you must be logged in", "you need to be", "your browser does not", "your subscription", "view the discussion thread",
	"\xc2\xa9",
};

/* Anywhere in a short line. */
static const char *const furniture_inside[] = {
	"all rights reserved", "bloggers like this", "continue reading", "cookie policy", "leaders in web hosting", "privacy policy", "powered by", "terms of use",
	"terms of service", "share on facebook", "share on twitter", "skip to content", "\xc2\xa9 20", "\xc2\xa9 19", "copyright 20", "copyright 19",
	"sign up for our", "subscribe to our", "min read", "minute read", "minutes read", "comments 0", "0 comments",
};

static const char *const photo_starts[] = {
	"photo", "photos", "photo by", "photo credit", "photo courtesy", "photograph", "photographs", "picture", "pictures", "picture by", "image", "images",
	"image credit", "image courtesy", "image copyright", "image source", "credit", "credits", "file photo", "illustration", "foto", "screenshot", "screen grab",
};

static const char *const caption_starts[] = {
	"image from", "images from", "image shows", "photo shows", "picture shows", "a file photo", "file photo", "file picture", "file image", "file in this",
	"in this photo", "in this picture", "in this image", "in this file", "a handout", "handout photo", "handout picture", "this photo", "this picture",
	"this image", "an image grab", "a screengrab", "a screenshot", "a still image", "a video grab", "this undated", "an undated",
};

static const char *const caption_inside[] = {
	"in this handout", "in this file photo", "in this file picture", "in this undated", "handout photo", "handout picture", "handout image",
	"file photo", "in this photo", "in this picture", "in this image", "in this still image", "in this screen", "image grab taken", "screen grab",
	"screengrab", "in this frame grab", "in this photograph", "photo taken", "picture taken", "image taken", "photo released", "picture released",
	"photo provided by", "picture provided by", "image provided by", "getty images", "ap photo", "reuters photo", "afp photo", "epa photo",
};

static const char *const credit_starts[] = {
	"based on reporting", "based on reports", "with reporting by", "with additional reporting", "reporting by", "additional reporting", "edited by",
	"editing by", "compiled by", "compiled from", "written by", "writing by", "with inputs from", "with input from", "with agencies", "with agency inputs",
	"with files from", "source", "sources", "translated by", "produced by", "the associated press contributed", "reuters contributed",
	"afp contributed", "agencies contributed", "our standards",
};

static const char *const signoffs[] = {
	"reuter", "reuters", "ends", "end", "more", "more to follow", "more follows", "more to come", "afp", "ap", "upi", "dpa", "efe", "ansa", "30", "nnnn",
	"xinhua", "tass", "pti", "ians", "anadolu", "endit", "enditem",
};

#endif
