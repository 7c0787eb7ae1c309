const SENTENCES = {/* sentences */};
